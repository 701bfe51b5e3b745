//! Whether a condition's tests hold.

use signoff_wire::contract::scenarios::{Comparison, ScenarioFlow, ScenarioState, ScenarioTest};

use super::Facts;
use crate::channels::{fold::fold, week};

/// Whether all, or one, of the tests hold.
pub(super) fn hold(
    flow: &ScenarioFlow,
    facts: &Facts,
    state: &ScenarioState,
    all: bool,
    tests: &[ScenarioTest],
) -> bool {
    let holds = |test: &ScenarioTest| holds(flow, facts, state, test);
    if all { tests.iter().all(holds) } else { tests.iter().any(holds) }
}

fn holds(flow: &ScenarioFlow, facts: &Facts, state: &ScenarioState, test: &ScenarioTest) -> bool {
    match test {
        ScenarioTest::Variable { variable, is, value } => compare(state.variables.get(variable), *is, value),
        ScenarioTest::Language { languages } => {
            facts.language.as_ref().is_some_and(|language| languages.contains(language))
        }
        ScenarioTest::Channel { channels } => channels.contains(&facts.channel_id),
        ScenarioTest::CustomerName { contains } => fold(&facts.customer_name).contains(&fold(contains)),
        ScenarioTest::Vip { vip } => facts.vip == *vip,
        ScenarioTest::Tags { tags } => tags.iter().any(|tag| state.tags.contains(tag)),
        ScenarioTest::OfficeHours { open } => flow.office_hours.as_ref().is_some_and(|hours| {
            week::zone(&hours.zone).is_some_and(|zone| week::contains(&hours.open, zone, facts.now) == *open)
        }),
    }
}

fn compare(there: Option<&String>, is: Comparison, value: &str) -> bool {
    match is {
        Comparison::Known => return there.is_some(),
        Comparison::Unknown => return there.is_none(),
        Comparison::Equals | Comparison::Differs | Comparison::Contains | Comparison::Greater | Comparison::Less => {}
    }
    let there = there.map(String::as_str).unwrap_or_default();
    let numbers = there.trim().parse::<f64>().ok().zip(value.trim().parse::<f64>().ok());
    let (folded, wanted) = (fold(there.trim()), fold(value.trim()));
    let same = numbers.map_or(folded == wanted, |(a, b)| a.total_cmp(&b).is_eq());
    match is {
        Comparison::Equals => same,
        Comparison::Differs => !same,
        Comparison::Contains => folded.contains(&wanted),
        // Dates are kept so that they compare as texts do.
        Comparison::Greater => !folded.is_empty() && numbers.map_or(folded > wanted, |(a, b)| a > b),
        Comparison::Less => !folded.is_empty() && numbers.map_or(folded < wanted, |(a, b)| a < b),
        Comparison::Known | Comparison::Unknown => false,
    }
}
