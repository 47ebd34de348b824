//! Moving house: what comes in, what goes out, what is wiped.

mod django;
