//! The arguments of `rowhouse connections`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::{ListFormat, PasswordInput};

#[derive(Subcommand, Debug)]
pub(crate) enum Connections {
    /// List the saved connections
    List {
        /// table or json
        #[arg(long, value_name = "FORMAT", default_value = "table")]
        format: ListFormat,
    },
    /// Save a connection
    #[command(after_help = "\
Examples:
  rowhouse connections add postgres://ann@db.example.org/shop --name production --environment production
  rowhouse connections add ./shop.db
  rowhouse connections add --driver postgres --field host=localhost --field database=shop --field user=ann

The password is asked for without showing it, or comes from ROWHOUSE_PASSWORD or --password-stdin. It is kept in
the keychain, or nowhere: --password-policy ask asks every time, none uses none.")]
    Add {
        /// A URL or the path of a database file
        target: Option<String>,
        /// The driver, where no URL says it: postgres, mysql or sqlite
        #[arg(long)]
        driver: Option<String>,
        #[command(flatten)]
        details: Details,
        #[command(flatten)]
        password: PasswordInput,
    },
    /// Change a saved connection; what is not named stays
    Edit {
        /// Its name
        name: String,
        /// A URL or file path to take the fields from
        #[arg(long, value_name = "URL")]
        url: Option<String>,
        #[command(flatten)]
        details: Details,
        /// Ask for a new password
        #[arg(long)]
        ask_password: bool,
        /// Forget the stored password
        #[arg(long, conflicts_with_all = ["ask_password", "password_stdin"])]
        forget_password: bool,
        #[command(flatten)]
        password: PasswordInput,
    },
    /// Remove a saved connection and its stored password
    Remove {
        /// Its name
        name: String,
    },
    /// Save a copy of a connection under a new name
    Duplicate {
        /// Its name
        name: String,
        /// The copy's name
        #[arg(long = "name", value_name = "NAME")]
        new_name: Option<String>,
    },
    /// Write connections as JSON for a team's repository: sorted, without secrets
    Export {
        /// Only these
        names: Vec<String>,
        /// Write to a file; paths of files below its folder are written relative to it
        #[arg(short = 'o', long = "output", value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Read connections of a colleague or of another tool
    #[command(after_help = "\
Examples:
  rowhouse connections import team.json --dry-run
  rowhouse connections import --from dbeaver --with-passwords
  rowhouse connections import .env --group shop

What a file is, is told by what is in it. Without FILE the usual place of --from is looked in. What was exported by
Rowhouse updates connections of the same name and group; nothing is ever removed. A command for a password that comes
with a file is not run before `rowhouse connections trust NAME`.")]
    Import {
        /// The file
        #[arg(required_unless_present = "from")]
        file: Option<PathBuf>,
        /// Whose it is
        #[arg(long, value_enum)]
        from: Option<ImportSource>,
        /// Say what would be done and do nothing
        #[arg(long)]
        dry_run: bool,
        /// Put passwords found in it into the keychain
        #[arg(long)]
        with_passwords: bool,
        /// Save those too that lead where a saved one leads
        #[arg(long)]
        duplicates: bool,
        /// The group everything is put into
        #[arg(long)]
        group: Option<String>,
    },
    /// Agree to the command that a shared connection runs for its password
    Trust {
        /// Its name
        name: String,
        /// Without asking
        #[arg(long)]
        yes: bool,
    },
    /// Connect, say how each hop went, and close again
    Test {
        /// A saved connection, a URL or a file
        target: String,
        /// table or json
        #[arg(long, value_name = "FORMAT", default_value = "table")]
        format: ListFormat,
        #[command(flatten)]
        password: PasswordInput,
    },
}

/// Whose file connections are imported from.
#[derive(ValueEnum, Clone, Copy, Debug)]
pub(crate) enum ImportSource {
    /// An export of Rowhouse
    Rowhouse,
    /// DBeaver's data-sources.json
    Dbeaver,
    /// DataGrip's dataSources.xml
    Datagrip,
    /// pgAdmin's servers.json or pgadmin4.db
    Pgadmin,
    /// TablePlus's Connections.plist
    Tableplus,
    /// A .env file
    Env,
    /// pg_service.conf
    Pgservice,
    /// my.cnf
    Mycnf,
}

/// What a saved connection says beside where it leads.
#[derive(Args, Debug, Default)]
pub(crate) struct Details {
    /// Its name, unique without regard to case
    #[arg(long = "name", value_name = "NAME")]
    pub(crate) new_name: Option<String>,
    /// A field of the connect form: host, port, database, user, sslmode, file …; an empty value clears it
    #[arg(long = "field", value_name = "NAME=VALUE", value_parser = field)]
    pub(crate) fields: Vec<(String, String)>,
    /// The group it is listed in; an empty one clears it
    #[arg(long)]
    pub(crate) group: Option<String>,
    /// Its colour instead of the environment's, as #rrggbb; an empty one clears it
    #[arg(long)]
    pub(crate) colour: Option<String>,
    /// How much depends on it; on production every change is confirmed unless --safety says otherwise
    #[arg(long, value_enum)]
    pub(crate) environment: Option<Environment>,
    /// What may be changed through it
    #[arg(long, value_enum)]
    pub(crate) safety: Option<Safety>,
    /// Where the password comes from
    #[arg(long, value_enum)]
    pub(crate) password_policy: Option<PasswordPolicy>,
    /// One word of a command whose first line is the password; given once for the program and once for each argument
    #[arg(long, value_name = "WORD", allow_hyphen_values = true)]
    pub(crate) password_command: Vec<String>,
    /// A text for the system's shell whose first line is the password
    #[arg(long, value_name = "TEXT", conflicts_with = "password_command")]
    pub(crate) password_shell: Option<String>,
    /// The most seconds the command may take
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..=600))]
    pub(crate) password_timeout: Option<u32>,
    /// Whether it is a favourite
    #[arg(long, value_name = "true|false")]
    pub(crate) favourite: Option<bool>,
    /// Whether its statements are recorded and its catalogs kept on disk
    #[arg(long = "record", value_name = "true|false")]
    pub(crate) recorded: Option<bool>,
    /// A schema to show, * standing for any letters; may be given several times, an empty one shows all
    #[arg(long = "show-schema", value_name = "SCHEMA")]
    pub(crate) schemas: Vec<String>,
}

#[derive(ValueEnum, Clone, Copy, Debug)]
pub(crate) enum Environment {
    Local,
    Development,
    Staging,
    Production,
}

#[derive(ValueEnum, Clone, Copy, Debug)]
pub(crate) enum Safety {
    /// Nothing may be changed
    ReadOnly,
    /// Every script that changes something is confirmed first
    ConfirmWrites,
    /// Anything the login may change
    Free,
}

#[derive(ValueEnum, Clone, Copy, Debug)]
pub(crate) enum PasswordPolicy {
    /// Kept in the keychain of the operating system
    Keychain,
    /// Asked for every time
    Ask,
    /// Printed by a command, which runs at every connect
    Command,
    /// None is used
    None,
}

fn field(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => Ok((name.trim().to_owned(), value.to_owned())),
        _ => Err("write NAME=VALUE, for example host=localhost".to_owned()),
    }
}
