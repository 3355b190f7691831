import { useEffect, useState } from "react";
import { DocumentLoader } from "./loading";

/** A hold's loader; another hold has another one. */
export function useLoader(holdId: string): DocumentLoader {
  const [loader, setLoader] = useState(() => new DocumentLoader(holdId));
  if (loader.holdId !== holdId) setLoader(new DocumentLoader(holdId));
  useEffect(() => {
    loader.open();
    return () => loader.close();
  }, [loader]);
  return loader;
}
