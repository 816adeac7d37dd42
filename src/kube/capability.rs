//! Names of Linux capabilities.

use std::borrow::Cow;

/// Every capability that Linux has, without `CAP_`. Source: capabilities(7).
const CAPABILITIES: &[&str] = &[
    "AUDIT_CONTROL",
    "AUDIT_READ",
    "AUDIT_WRITE",
    "BLOCK_SUSPEND",
    "BPF",
    "CHECKPOINT_RESTORE",
    "CHOWN",
    "DAC_OVERRIDE",
    "DAC_READ_SEARCH",
    "FOWNER",
    "FSETID",
    "IPC_LOCK",
    "IPC_OWNER",
    "KILL",
    "LEASE",
    "LINUX_IMMUTABLE",
    "MAC_ADMIN",
    "MAC_OVERRIDE",
    "MKNOD",
    "NET_ADMIN",
    "NET_BIND_SERVICE",
    "NET_BROADCAST",
    "NET_RAW",
    "PERFMON",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_ADMIN",
    "SYS_BOOT",
    "SYS_CHROOT",
    "SYS_MODULE",
    "SYS_NICE",
    "SYS_PACCT",
    "SYS_PTRACE",
    "SYS_RAWIO",
    "SYS_RESOURCE",
    "SYS_TIME",
    "SYS_TTY_CONFIG",
    "SYSLOG",
    "WAKE_ALARM",
];

/// The name in the form that Kubernetes documents: upper case, without `CAP_`. `CAP_ALL` keeps its beginning:
/// `ALL` is no capability but a word for all of them, and no runtime takes the two for the same.
pub fn capability(name: &str) -> Cow<'_, str> {
    let name = match name.get(..4) {
        Some(prefix) if prefix.eq_ignore_ascii_case("CAP_") && !name[4..].eq_ignore_ascii_case("ALL") => {
            &name[4..]
        }
        _ => name,
    };
    if name.bytes().any(|byte| byte.is_ascii_lowercase()) {
        return Cow::Owned(name.to_ascii_uppercase());
    }
    Cow::Borrowed(name)
}

/// Every capability that Linux has, without `CAP_`.
pub fn capabilities() -> &'static [&'static str] {
    CAPABILITIES
}

/// Whether Linux has a capability of this name, given as [`capability`] gives it; `ALL` stands for all.
pub fn is_capability(name: &str) -> bool {
    name == "ALL" || CAPABILITIES.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_prefix_make_no_difference() {
        for name in ["SYS_ADMIN", "sys_admin", "CAP_SYS_ADMIN", "cap_Sys_Admin"] {
            assert_eq!(capability(name), "SYS_ADMIN", "{name}");
        }
        for name in ["", "CAP", "CAP_", "CAP_ALL", "cap_all", "*", "é_x", "한국어"] {
            assert!(!is_capability(&capability(name)), "{name}");
        }
        assert!(is_capability(&capability("all")) && is_capability("SYSLOG"));
    }
}
