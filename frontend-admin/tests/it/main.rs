//! The server as a browser meets it, the files that it holds, and how they are made.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests may fail loudly too")]

mod files;
#[path = "../../build/lexer.rs"]
mod lexer;
#[path = "../../build/module.rs"]
mod module;
mod pages;
#[path = "../../build/script.rs"]
mod script;
mod scripts;
#[path = "../../build/sheet.rs"]
mod sheet;
#[path = "../../build/tree.rs"]
mod tree;
