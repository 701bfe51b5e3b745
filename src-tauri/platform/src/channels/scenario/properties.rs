//! What holds of every scenario, whoever writes what: properties of the interpreter and of validation together.

use std::collections::BTreeSet;

use proptest::prelude::*;
use signoff_wire::contract::scenarios::{
    CallMethod, Comparison, Expects, HttpCall, SaveAnswer, ScenarioButton, ScenarioEffect, ScenarioEvent, ScenarioFlow,
    ScenarioState, ScenarioStep, ScenarioTest, StepAct, Texts, TrialHappening, TroubleCode,
};

use super::{
    interpreter::{Facts, react},
    validate::{self, Surroundings},
};
use crate::channels::named::{Kind, Named};

const STEPS: usize = 10;

fn texts(text: &str) -> Texts {
    Texts::from([("en".to_owned(), text.to_owned())])
}

/// A step that leads to what `target` draws.
fn act(target: impl Fn() -> BoxedStrategy<String>) -> BoxedStrategy<StepAct> {
    let label = || prop_oneof![Just("Yes"), Just("No"), Just("Back")];
    let one = target();
    let two = (target(), target());
    let three = (target(), target(), target());
    prop_oneof![
        one.clone().prop_map(|then| StepAct::Message { text: texts("Hello {{customer.name}}"), then }),
        (target(), target(), any::<bool>(), 0..3_u8, label()).prop_map(|(click, then, wait, tries, label)| {
            StepAct::Buttons {
                text: texts("Which?"),
                buttons: vec![ScenarioButton { label: texts(label), then: click }],
                wait,
                unexpected: Texts::new(),
                tries,
                then,
            }
        }),
        (two.clone(), 0..3_u8).prop_map(|((then, otherwise), tries)| StepAct::FreeInput {
            text: texts("How many?"),
            variable: "count".to_owned(),
            expects: Expects::Number {},
            unexpected: texts("A number, please."),
            tries,
            then,
            otherwise,
        }),
        two.prop_map(|(then, otherwise)| StepAct::Condition {
            all: true,
            tests: vec![ScenarioTest::Variable {
                variable: "count".to_owned(),
                is: Comparison::Greater,
                value: "2".to_owned()
            }],
            then,
            otherwise,
        }),
        one.clone().prop_map(|then| StepAct::Tag { add: vec!["billing".to_owned()], remove: Vec::new(), then }),
        one.clone().prop_map(|then| StepAct::Route { team_id: "team".to_owned(), then }),
        one.clone().prop_map(|then| StepAct::Archive { then }),
        three.prop_map(|(then, failed, timed_out)| {
            StepAct::HttpCall(HttpCall {
                method: CallMethod::Post,
                url: "https://shop.example/{{count}}".to_owned(),
                headers: Vec::new(),
                body: Some(r#"{"count":"{{count}}"}"#.to_owned()),
                save: vec![SaveAnswer { pointer: "/count".to_owned(), variable: "count".to_owned() }],
                timeout_s: 5,
                then,
                failed,
                timed_out,
            })
        }),
        one.clone().prop_map(|then| StepAct::Delay { seconds: 60, then }),
        one.prop_map(|then| StepAct::SetVariable { variable: "count".to_owned(), value: "3".to_owned(), then }),
        Just(StepAct::HandOver {}),
        Just(StepAct::CloseConversation {}),
        Just(StepAct::End {}),
    ]
    .boxed()
}

fn flow(acts: Vec<StepAct>) -> ScenarioFlow {
    let steps =
        acts.into_iter().enumerate().map(|(nr, act)| ScenarioStep { id: format!("s{nr}"), title: String::new(), act });
    ScenarioFlow {
        languages: vec!["en".to_owned()],
        first: "s0".to_owned(),
        following: "s1".to_owned(),
        listens: Vec::new(),
        office_hours: None,
        steps: steps.collect(),
    }
}

/// Steps that lead anywhere: to each other, to nothing, to steps that are not there.
fn any_flow() -> impl Strategy<Value = ScenarioFlow> {
    let target = || {
        prop_oneof![20 => (0..STEPS).prop_map(|nr| format!("s{nr}")), 1 => Just(String::new()), 1 => Just("gone".to_owned())]
            .boxed()
    };
    prop::collection::vec(act(target), 2..STEPS).prop_map(flow)
}

/// Steps that lead forward only, the first two of which wait for the customer; what is never reached is left out.
fn sound_flow() -> impl Strategy<Value = ScenarioFlow> {
    let ahead = |from: usize| move || (from + 1..=STEPS).prop_map(|nr| format!("s{nr}")).boxed();
    let wait = |from: usize| {
        (ahead(from)(), ahead(from)()).prop_map(|(then, otherwise)| StepAct::FreeInput {
            text: texts("How many?"),
            variable: "count".to_owned(),
            expects: Expects::Number {},
            unexpected: texts("A number, please."),
            tries: 1,
            then,
            otherwise,
        })
    };
    let rest: Vec<_> = (2..STEPS).map(|nr| act(ahead(nr))).collect();
    (wait(0), wait(1), rest).prop_map(|(first, second, rest)| {
        let mut acts = vec![first, second];
        acts.extend(rest);
        acts.push(StepAct::HandOver {});
        let mut flow = flow(acts);
        let unreachable: BTreeSet<String> = validate::faults(&flow, &surroundings())
            .into_iter()
            .filter(|fault| fault.code.as_str() == "unreachable")
            .filter_map(|fault| fault.step)
            .collect();
        flow.steps.retain(|step| !unreachable.contains(&step.id));
        flow
    })
}

fn event() -> impl Strategy<Value = ScenarioEvent> {
    prop_oneof![
        6 => prop_oneof![Just("Yes"), Just("No"), Just("Back"), Just("3"), Just("many"), Just("")]
            .prop_map(|text| ScenarioEvent::Writes { text: text.to_owned() }),
        2 => (100..600_u16, prop_oneof![Just(r#"{"count":7}"#), Just("nonsense")])
            .prop_map(|(status, body)| ScenarioEvent::Answers { status, body: body.to_owned() }),
        1 => Just(ScenarioEvent::Fails {}),
        1 => Just(ScenarioEvent::TimesOut {}),
        2 => Just(ScenarioEvent::TimePasses {}),
        1 => Just(ScenarioEvent::AdvisorAnswers {}),
    ]
}

fn surroundings() -> Surroundings {
    Surroundings {
        named: Named { teams: Kind::from_iter(["team"]), tags: Kind::from_iter(["billing"]), ..Named::default() },
        variables: BTreeSet::from(["count".to_owned()]),
        ..Surroundings::default()
    }
}

fn facts() -> Facts {
    Facts {
        channel_id: "ch".to_owned(),
        channel_name: "Web chat".to_owned(),
        reply_limit: 1000,
        may_reply: true,
        conversation_id: "conv".to_owned(),
        customer_id: "cust".to_owned(),
        customer_name: "Zoe".to_owned(),
        language: Some("fr".to_owned()),
        vip: false,
        message: String::new(),
        now: chrono::DateTime::UNIX_EPOCH,
        office: None,
    }
}

/// Lets everything happen one after the other; what each event set off, and whether a conversation was open before it.
fn play(flow: &ScenarioFlow, events: &[ScenarioEvent]) -> Vec<(bool, Vec<TrialHappening>)> {
    let mut state = ScenarioState::default();
    let mut played = Vec::new();
    for event in events {
        let open = state.open;
        let (happened, after) = react(flow, &facts(), &state, event);
        assert!(after.open || after.step.is_none(), "R8: nothing waits in a closed conversation");
        played.push((open, happened));
        state = after;
    }
    played
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn it_always_ends_and_the_same_input_gives_the_same_output(
        flow in any_flow(), events in prop::collection::vec(event(), 0..25)
    ) {
        let played = play(&flow, &events);
        // Passing a step does at most three things, and no step is passed twice at once; a click on a first message begins anew.
        prop_assert!(played.iter().all(|(_, happened)| happened.len() <= 2 * (3 * flow.steps.len() + 4)));
        prop_assert_eq!(played, play(&flow, &events));
    }

    #[test]
    fn r8_it_never_acts_on_a_closed_conversation(
        flow in any_flow(), events in prop::collection::vec(event(), 0..25)
    ) {
        for (event, (open, happened)) in events.iter().zip(play(&flow, &events)) {
            if !open && !matches!(event, ScenarioEvent::Writes { .. }) {
                prop_assert!(happened.is_empty(), "{event:?} set off {happened:?}");
            }
            let closed = happened.iter().position(|one| one.what == ScenarioEffect::Closes {});
            if let Some(at) = closed {
                prop_assert_eq!(at + 1, happened.len(), "after a closing nothing happens");
            }
        }
    }

    #[test]
    fn what_validation_accepts_runs_without_trouble(
        flow in prop_oneof![any_flow(), sound_flow()], events in prop::collection::vec(event(), 0..25)
    ) {
        if validate::faults(&flow, &surroundings()).is_empty() {
            for (_, happened) in play(&flow, &events) {
                for one in happened {
                    let trouble = matches!(
                        &one.what,
                        ScenarioEffect::Troubles { code } if !matches!(code, TroubleCode::CallFailed | TroubleCode::CallTimedOut)
                    );
                    prop_assert!(!trouble, "{one:?}");
                }
            }
        }
    }

    #[test]
    fn validation_accepts_what_is_sound(flow in sound_flow()) {
        let faults = validate::faults(&flow, &surroundings());
        // A closing that is reached by a delay or a call alone is refused on purpose; here the first steps wait for the customer.
        prop_assert!(faults.is_empty(), "{faults:?}");
    }
}
