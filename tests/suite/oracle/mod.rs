//! The oracle: `docs/semantics.md` sections 1 to 7 once more, as plainly and slowly as can be, and
//! the properties that hold `sb-trace` to it. It shares no code with the program.
//!
//! | file | what |
//! | --- | --- |
//! | `grammar` | lines, statements, look-alikes |
//! | `log` | runs, ids, duplicates |
//! | `traces` | every `--by`, `--max-trace`, completeness |
//! | `pairs` | consecutive, `total`, named, all |
//! | `figures` | quantiles, intervals, start classes |
//! | `text`, `generate` | logs made by proptest |
//! | `says_oracle`, `says_program`, `compare` | both sides in the same words |
//! | `properties`, `large`, `numbers` | the tests |

mod compare;
mod figures;
mod generate;
mod grammar;
mod log;
mod pairs;
mod properties;
mod says_oracle;
mod says_program;
mod text;
mod traces;
