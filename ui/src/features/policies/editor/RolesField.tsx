/** Whom a policy applies to: chips, and a field that finds roles. Nobody named is everyone. */
import { useRef, useState } from "react";
import { Chip, Menu, type MenuItem } from "@/design";

export interface RolesFieldProps {
  id: string;
  describedBy?: string | undefined;
  chosen: readonly string[];
  roles: readonly string[];
  onChange: (roles: string[]) => void;
}

export function RolesField({ id, describedBy, chosen, roles, onChange }: RolesFieldProps) {
  const [text, setText] = useState("");
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const words = text.trim().toLowerCase();
  const left = roles.filter((role) => !chosen.includes(role) && role.toLowerCase().includes(words));
  const add = (role: string) => {
    onChange(role === "PUBLIC" ? ["PUBLIC"] : [...chosen.filter((each) => each !== "PUBLIC"), role]);
    setText("");
    setOpen(false);
  };
  const items: readonly MenuItem[] = left.slice(0, 200).map((role) => ({
    label: role,
    icon: "role",
    meta: role === "PUBLIC" ? "everyone" : "",
    onSelect: () => add(role),
  }));
  return (
    <div className="pol-roles rh-input" ref={box}>
      {chosen.map((role) => (
        <Chip
          key={role}
          icon="role"
          onRemove={() => onChange(chosen.filter((each) => each !== role))}
          removeLabel={`Without ${role}`}
        >
          {role}
        </Chip>
      ))}
      <input
        id={id}
        aria-describedby={describedBy}
        aria-expanded={open}
        role="combobox"
        aria-autocomplete="list"
        autoComplete="off"
        spellCheck={false}
        placeholder={chosen.length === 0 ? "everyone (PUBLIC); type a role" : "another role"}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setOpen(false);
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter") {
            event.preventDefault();
            const exact = left.find((role) => role.toLowerCase() === words) ?? (words === "" ? undefined : left[0]);
            if (exact) add(exact);
          } else if (event.key === "ArrowDown" && items.length > 0) {
            event.preventDefault();
            setOpen(true);
          } else if (event.key === "Backspace" && text === "" && chosen.length > 0) onChange(chosen.slice(0, -1));
        }}
      />
      <Menu open={open} onClose={() => setOpen(false)} anchor={box.current} label="Roles" items={items} />
    </div>
  );
}
