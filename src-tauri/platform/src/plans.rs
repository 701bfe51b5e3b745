//! How the statements that a large workspace lives on are carried out: by index, and without sorting. A full scan of a table that grows with
//! every message is no question of speed but of whether the platform still answers.

use rusqlite::Connection;

use crate::{
    actions,
    channels::scenario::versions,
    conversations::{entries, list, sync},
    erasure::texts,
    people::{self, effects, teams},
    store,
};

/// The steps of a statement, as SQLite plans them.
fn plan(sql: &Connection, statement: &str) -> Vec<String> {
    let mut explained = sql.prepare(&format!("EXPLAIN QUERY PLAN {statement}")).expect(statement);
    let count = explained.parameter_count();
    for parameter in 1..=count {
        explained.raw_bind_parameter(parameter, 1).expect("a parameter takes a value");
    }
    let (mut rows, mut steps) = (explained.raw_query(), Vec::new());
    while let Some(row) = rows.next().expect("a plan has rows") {
        steps.push(row.get(3).expect("a plan has details"));
    }
    steps
}

#[track_caller]
fn by_index(sql: &Connection, statement: &str) {
    let steps = plan(sql, statement);
    for step in &steps {
        let scans = ["SCAN c", "SCAN conversations", "SCAN n", "SCAN entries", "SCAN a", "SCAN actions", "SCAN ev"];
        // In the order of an index and with a limit, a scan reads what it gives and no more.
        let is_scan =
            scans.iter().any(|scan| step == scan || step.starts_with(&format!("{scan} USING COVERING INDEX")));
        // The tags of one conversation are put in order in memory: a handful, however large the workspace.
        let sorts = step.contains("TEMP B-TREE") && !step.contains("FOR json_group_array");
        assert!(!is_scan && !sorts, "{statement}\n{steps:#?}");
    }
}

fn every_filter() -> Vec<list::Filter> {
    let some = |is_asked: bool| is_asked.then(|| "x".to_owned());
    (0..32_u32)
        .map(|bits| list::Filter {
            tab: (bits & 1 != 0).then_some("received"),
            mine: bits & 2 != 0,
            channel_id: some(bits & 4 != 0),
            team_id: some(bits & 8 != 0),
            customer_id: some(bits & 16 != 0),
        })
        .collect()
}

#[test]
fn lists_are_read_by_index_whatever_they_are_narrowed_to() {
    let sql = store::in_memory();
    for filter in every_filter() {
        let statement = list::statement(&filter);
        by_index(&sql, &statement);
        // Whose index is read, the fewest first.
        let index = match &filter {
            list::Filter { customer_id: Some(_), .. } => "customer",
            list::Filter { mine: true, .. } => "assignee",
            list::Filter { team_id: Some(_), .. } => "team",
            list::Filter { tab: Some(_), .. } => "state",
            _ => "opening",
        };
        let steps = plan(&sql, &statement);
        let read = format!("SEARCH c USING INDEX conversations_by_{index} ");
        assert!(steps.iter().any(|step| step.starts_with(&read)), "{statement}\n{steps:#?}");
    }
}

#[test]
fn timelines_and_synchronisation_are_read_by_index() {
    let sql = store::in_memory();
    for statement in [entries::statement(), sync::statement(), sync::newest()] {
        by_index(&sql, &statement);
    }
    // Everything is counted, but from an index that is a fraction of the table.
    let counted = plan(&sql, &sync::count());
    assert!(counted.iter().any(|step| step == "SCAN c USING COVERING INDEX conversations_by_place"), "{counted:#?}");
}

#[test]
fn actions_are_read_by_index() {
    let sql = store::in_memory();
    by_index(&sql, &actions::filter::statement(&actions::filter::Filter::default()).0);
    let of_one = actions::filter::Filter { conversation_id: Some("x".to_owned()), ..Default::default() };
    let steps = plan(&sql, &actions::filter::statement(&of_one).0);
    assert!(steps.iter().any(|step| step.contains("actions_by_conversation")), "{steps:#?}");
    by_index(&sql, &actions::filter::statement(&of_one).0);
}

/// What admins do is not slower for everything that was closed before: the one writer does it.
#[test]
fn administration_reads_what_is_open_and_erasure_what_is_of_one_conversation() {
    let sql = store::in_memory();
    let versions = format!("SELECT {} FROM scenario_versions v WHERE v.scenario_id = ?1", versions::COLUMNS);
    for (statement, index) in [
        (teams::SELECT, "conversations_open_by_team"),
        (people::SELECT, "conversations_open_by_assignee"),
        (effects::OPEN_OF_TEAM, "conversations_open_by_team"),
        (effects::OPEN_OF_PERSON, "conversations_open_by_assignee"),
        (versions.as_str(), "conversations_in_scenario"),
        (texts::EVENTS, "events_by_conversation"),
        (texts::ANSWERS, "idempotency_by_conversation"),
    ] {
        let steps = plan(&sql, statement);
        assert!(steps.iter().any(|step| step.contains(index)), "{statement}\n{steps:#?}");
        let positions = steps.iter().find(|step| step.contains(" p "));
        assert!(positions.is_none_or(|step| step.starts_with("SEARCH p USING INTEGER PRIMARY KEY")), "{steps:#?}");
        assert!(!steps.iter().any(|step| step.contains("TEMP B-TREE")), "{statement}\n{steps:#?}");
    }
}
