import { describe, expect, it } from "vitest";
import { commandLine, commandOf, splitWords, textOf } from "./passwordCommand";

describe("the command for a password", () => {
  it("is split into words as a shell would, without expanding anything", () => {
    expect(splitWords("  aws rds  generate-db-auth-token ")).toEqual(["aws", "rds", "generate-db-auth-token"]);
    expect(splitWords(`op read 'op://a b/$c' "d \\"e\\" \\n"`)).toEqual(["op", "read", "op://a b/$c", 'd "e" \\n']);
    expect(splitWords("'' a''b x\\ y")).toEqual(["", "ab", "x y"]);
    expect(splitWords("C:\\tools\\token.exe --host db")).toEqual(["C:\\tools\\token.exe", "--host", "db"]);
    expect(splitWords("say 'no end")).toBeNull();
    expect(splitWords("")).toEqual([]);
  });

  it("comes back as the same words from its line", () => {
    for (const argv of [["a"], ["a", ""], ["it's", 'q"q', "\\", "$HOME"], ["tab\t", "ä b"]]) {
      expect(splitWords(commandLine({ argv }))).toEqual(argv);
      expect(commandOf(textOf({ argv, shell: false, timeout_s: 7 }))).toEqual({ argv, shell: false, timeout_s: 7 });
    }
  });

  it("is one text for a shell", () => {
    const command = { argv: ["vault read x | head -1"], shell: true, timeout_s: 30 };
    expect(commandLine(command)).toBe("vault read x | head -1");
    expect(commandOf(textOf(command))).toEqual(command);
  });
});
