//! The rules of ARCHITECTURE.md that a compiler does not see. Each check is a pure function from facts to findings, so that
//! a test beside it shows the check can fail; a finding says what to change.

#![allow(clippy::unwrap_used, clippy::panic)]

mod architecture {
    pub mod checkout;
    pub mod dependencies;
    pub mod documents;
    pub mod engines;
    pub mod proofs;
    pub mod sources;
}
