/** The fields every database on a network shares, as the core lists them. */
import type { FormField } from "../bindings";

type Make = (name: string, label: string, section: string, more?: Partial<FormField>) => FormField;

const choices = (...pairs: readonly (readonly [value: string, label: string])[]) =>
  pairs.map(([value, label]) => ({ value, label, help: null }));

export function tunnelFields(field: Make): readonly FormField[] {
  const ssh = { field: "ssh", values: ["auto", "key", "agent", "password"] };
  const key = { field: "ssh", values: ["auto", "key"] };
  const proxy = { field: "proxy", values: ["socks5"] };
  return [
    field("ssh", "Tunnel", "SSH", {
      kind: "choice",
      default: "off",
      choices: choices(
        ["off", "No tunnel"],
        ["auto", "As ssh does"],
        ["key", "Key file"],
        ["agent", "Agent"],
        ["password", "Password"],
      ),
      help: "Through an SSH server, which sees the host and port above. What is not given here is asked when connecting.",
    }),
    field("ssh_host", "SSH host", "SSH", {
      placeholder: "bastion.example.org",
      help: "A name, an address, or a Host of ~/.ssh/config.",
      visible: ssh,
    }),
    field("ssh_port", "SSH port", "SSH", { kind: "number", placeholder: "22", joined: true, visible: ssh }),
    field("ssh_user", "SSH user", "SSH", { placeholder: "as ~/.ssh/config says", visible: ssh }),
    field("ssh_password", "SSH password", "SSH", {
      kind: "secret",
      placeholder: "asked for if wanted",
      visible: { field: "ssh", values: ["auto", "password"] },
    }),
    field("ssh_key", "Private key", "SSH", {
      kind: "file",
      placeholder: "as ssh finds it",
      help: "OpenSSH, PKCS#8, PEM or PuTTY.",
      visible: key,
    }),
    field("ssh_key_passphrase", "Key passphrase", "SSH", {
      kind: "secret",
      placeholder: "asked for if it has one",
      visible: key,
    }),
    field("ssh_jump", "Jump hosts", "SSH", {
      placeholder: "user@host:port, …",
      help: "Hosts to go through first. Left empty, ~/.ssh/config says; none stands for none.",
      visible: ssh,
    }),
    field("ssh_config", "Read ~/.ssh/config", "SSH", { kind: "switch", default: "true", visible: ssh }),
    field("ssh_known_hosts", "Known hosts", "SSH", {
      kind: "file",
      placeholder: "~/.ssh/known_hosts",
      visible: ssh,
    }),
    field("proxy", "Proxy", "Proxy", {
      kind: "choice",
      default: "off",
      choices: choices(["off", "None"], ["socks5", "SOCKS5"]),
      help: "To the server, or to the first SSH host. The proxy looks up the name.",
    }),
    field("proxy_host", "Proxy host", "Proxy", { visible: proxy }),
    field("proxy_port", "Proxy port", "Proxy", {
      kind: "number",
      placeholder: "1080",
      joined: true,
      visible: proxy,
    }),
    field("proxy_user", "Proxy user", "Proxy", { help: "Left empty, the proxy wants no login.", visible: proxy }),
    field("proxy_password", "Proxy password", "Proxy", {
      kind: "secret",
      placeholder: "asked for if there is a user",
      visible: proxy,
    }),
  ];
}
