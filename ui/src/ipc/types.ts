/** Whether two types can be those of a key and what it refers to: the same family, whatever their lengths. */
export function comparable(a: string, b: string): boolean {
  const bare = (type: string) =>
    type
      .toLowerCase()
      .replace(/\(.*?\)/g, "")
      .replace(/\b(unsigned|zerofill)\b/g, "")
      .trim();
  const family = (type: string) =>
    /^(small|big|tiny|medium)?(int(eger)?[248]?|serial)$/.test(bare(type))
      ? "integer"
      : /^(text|character varying|varchar|character|char|citext|clob|nvarchar)$/.test(bare(type))
        ? "text"
        : bare(type);
  return family(a) === family(b);
}
