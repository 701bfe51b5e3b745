//! The table in the outbox's documentation is the machine: it is written by this test, and compared with what stands there.

use signoff_engine::outbox::State;
use signoff_engine::outbox::machine::{Happening, Move, Standing, next};

const DOCUMENTED: &str = include_str!("../../src/outbox/mod.rs");
const HEAD: &str = "//! | from | what happens | to | if undo was noted | once a step has taken effect |";

#[test]
fn the_documented_moves_are_those_of_the_machine() {
    let documented: Vec<&str> =
        DOCUMENTED.lines().skip_while(|line| *line != HEAD).take_while(|line| line.starts_with("//! |")).collect();

    let table = table();

    assert!(documented == table, "the table of the outbox's documentation has to be\n\n{}\n", table.join("\n"));
}

/// Where an entry can stand in one state: plain, with undo noted, with a step taken.
type Moves = [Move; 3];

fn table() -> Vec<String> {
    let mut lines = vec![HEAD.to_owned(), "//! |---|---|---|---|---|".to_owned()];
    for state in State::ALL {
        let mut rows: Vec<(Moves, Vec<Happening>)> = Vec::new();
        for happening in Happening::ALL {
            let moves = moves(state, happening);
            match rows.iter_mut().find(|(known, _)| *known == moves) {
                Some((_, happenings)) => happenings.push(happening),
                None => rows.push((moves, vec![happening])),
            }
        }
        rows.retain(|(moves, _)| moves.iter().any(|to| *to != Move::Nothing));
        lines.extend(rows.iter().map(|(moves, happenings)| row(state, *moves, happenings)));
    }
    lines
}

fn moves(state: State, happening: Happening) -> Moves {
    let to = |undo_requested, begun| next(Standing { state, undo_requested, begun }, happening);
    let (plain, undo, begun, both) = (to(false, false), to(true, false), to(false, true), to(true, true));
    // What has begun cannot be taken back, so that undo was noted before makes a difference only to a step that takes effect.
    assert!(both == begun || happening == Happening::StepDone, "{state:?} {happening:?}: {both:?}");
    [plain, undo, begun]
}

fn row(state: State, [plain, undo, begun]: Moves, happenings: &[Happening]) -> String {
    let names: Vec<String> = happenings.iter().map(|happening| format!("`{happening:?}`")).collect();
    let differs = |other: Move| if other == plain { String::new() } else { word(other) };
    format!(
        "//! | `{}` | {} | {} | {} | {} |",
        state.word(),
        names.join(", "),
        word(plain),
        differs(undo),
        differs(begun)
    )
    .replace("|  |", "| |")
    .replace("|  |", "| |")
}

fn word(to: Move) -> String {
    match to {
        Move::To(state) => format!("`{}`", state.word()),
        Move::BackInDraft => "`cancelled`, the text is back in the draft".to_owned(),
        Move::NoteUndo => "the same, undo noted".to_owned(),
        Move::Nothing => "the same".to_owned(),
    }
}
