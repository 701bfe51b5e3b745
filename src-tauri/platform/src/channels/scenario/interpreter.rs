//! What a scenario does when something happens: a function of the flow, the facts, where it stands, and the event.
//!
//! Nothing is done here. Production carries the effects out ([`super::perform`]), a trial shows them; both run this. It always
//! comes to an end: between two waits no step is passed twice, and between two messages of the customer only so many.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use signoff_wire::contract::{
    scenarios::{
        HttpCall, ScenarioEffect, ScenarioEvent, ScenarioFlow, ScenarioState, ScenarioStep, StepAct, Texts,
        TrialHappening, TroubleCode, WaitsFor,
    },
    workspace::OfficeMoment,
};

use super::{answers, calls, conditions, template};

/// Steps between two messages of the customer: delays and calls may go in a circle, but not for ever.
const MOST_HOPS: u32 = 500;
/// Labels that are remembered per customer.
const MOST_OFFERED: usize = 100;

/// What is so, whatever the scenario does.
#[derive(Clone, Debug)]
pub(crate) struct Facts {
    /// The channel's id.
    pub(crate) channel_id: String,
    /// The channel's name.
    pub(crate) channel_name: String,
    /// Longest reply.
    pub(crate) reply_limit: usize,
    /// D9: whether the channel takes a reply that no person wrote.
    pub(crate) may_reply: bool,
    /// The conversation's id.
    pub(crate) conversation_id: String,
    /// The customer's id.
    pub(crate) customer_id: String,
    /// The customer's name.
    pub(crate) customer_name: String,
    /// The customer's language.
    pub(crate) language: Option<String>,
    /// Whether a VIP.
    pub(crate) vip: bool,
    /// The newest message.
    pub(crate) message: String,
    /// The present.
    pub(crate) now: DateTime<Utc>,
    /// How the workspace's office hours stand then; `None`: the flow does not ask.
    pub(crate) office: Option<OfficeMoment>,
}

impl Facts {
    /// The text in the customer's language, or in the scenario's first.
    fn choose<'a>(&self, flow: &ScenarioFlow, texts: &'a Texts) -> &'a str {
        let wanted = self.language.as_ref().filter(|language| flow.languages.contains(language));
        let wanted = wanted.or(flow.languages.first());
        wanted.and_then(|language| texts.get(language)).map(String::as_str).unwrap_or_default()
    }

    /// Variables and what stands for itself.
    pub(super) fn values(&self, state: &ScenarioState) -> BTreeMap<String, String> {
        let built_in = template::BuiltIn {
            customer_id: &self.customer_id,
            customer_name: &self.customer_name,
            customer_language: self.language.as_deref(),
            channel_name: &self.channel_name,
            conversation_id: &self.conversation_id,
            message: &self.message,
        };
        built_in.beside(&state.variables)
    }
}

/// Where a click on a button, or a word that is listened for, leads; `None` for every other text.
pub(crate) fn clicked<'a>(flow: &'a ScenarioFlow, state: &ScenarioState, text: &str) -> Option<&'a str> {
    let of_step = |id: &String| {
        let StepAct::Buttons { buttons, .. } = &step(flow, id)?.act else { return None };
        let button = buttons.iter().find(|button| button.label.values().any(|label| label == text))?;
        Some(button.then.as_str())
    };
    state
        .step
        .as_ref()
        .and_then(of_step)
        .or_else(|| state.offered.get(text).and_then(of_step))
        .or_else(|| flow.listens.iter().find(|listen| listen.text == text).map(|listen| listen.then.as_str()))
}

/// What happens, in order, and where things stand then.
pub(crate) fn react(
    flow: &ScenarioFlow,
    facts: &Facts,
    state: &ScenarioState,
    event: &ScenarioEvent,
) -> (Vec<TrialHappening>, ScenarioState) {
    let mut run = Run { flow, facts, state: state.clone(), happened: Vec::new(), passed: 0 };
    match event {
        ScenarioEvent::Writes { text } => run.customer_writes(text),
        ScenarioEvent::AdvisorAnswers {} => run.wait_for_nobody(),
        ScenarioEvent::Answers { status, body } => run.is_answered(Some((*status, body))),
        ScenarioEvent::Fails {} => run.is_answered(None),
        ScenarioEvent::TimesOut {} => run.times_out(),
        ScenarioEvent::TimePasses {} => run.time_passes(),
    }
    (run.happened, run.state)
}

/// The step of this id.
pub(crate) fn step<'a>(flow: &'a ScenarioFlow, id: &str) -> Option<&'a ScenarioStep> {
    flow.steps.iter().find(|step| step.id == id)
}

struct Run<'a> {
    flow: &'a ScenarioFlow,
    facts: &'a Facts,
    state: ScenarioState,
    happened: Vec<TrialHappening>,
    passed: usize,
}

impl<'a> Run<'a> {
    fn customer_writes(&mut self, text: &str) {
        if !self.state.open {
            self.begin();
        } else if self.click(text) {
            return;
        } else {
            return self.hear(text);
        }
        // The message that begins a conversation may be a click on an old button: the scenario has started from its beginning
        // (R9), and then does what the button says.
        if self.state.open {
            self.click(text);
        }
    }

    fn begin(&mut self) {
        let first = self.state.conversations_before == 0;
        self.state.open = true;
        self.state.hops = 0;
        self.state.tags.clear();
        self.state.team_id = None;
        self.wait_for_nobody();
        let flow = self.flow;
        self.go(if first { &flow.first } else { &flow.following });
    }

    fn click(&mut self, text: &str) -> bool {
        let Some(target) = clicked(self.flow, &self.state, text) else { return false };
        self.passed = 0;
        self.state.hops = 0;
        self.go(target);
        true
    }

    /// A text that is no click, for the step that waits for one.
    fn hear(&mut self, text: &str) {
        let Some(step) = self.waiting(WaitsFor::Customer) else { return };
        self.state.hops = 0;
        match &step.act {
            StepAct::Buttons { text: again, buttons, unexpected, tries, then, .. } => {
                if self.state.tries >= *tries {
                    return self.go(then);
                }
                self.state.tries += 1;
                let texts = if self.facts.choose(self.flow, unexpected).is_empty() { again } else { unexpected };
                self.say(step, texts, &self.labels(buttons));
            }
            StepAct::FreeInput { variable, expects, unexpected, tries, then, otherwise, .. } => {
                if let Some(value) = answers::value(expects, text) {
                    self.set(step, variable, Some(value));
                    return self.go(then);
                }
                if self.state.tries >= *tries {
                    return self.go(otherwise);
                }
                self.state.tries += 1;
                self.say(step, unexpected, &[]);
            }
            StepAct::Message { .. }
            | StepAct::Condition { .. }
            | StepAct::Tag { .. }
            | StepAct::Route { .. }
            | StepAct::HandOver {}
            | StepAct::Archive { .. }
            | StepAct::HttpCall(_)
            | StepAct::Delay { .. }
            | StepAct::CloseConversation {}
            | StepAct::SetVariable { .. }
            | StepAct::End {} => {}
        }
    }

    /// `None`: nobody could be asked.
    fn is_answered(&mut self, answer: Option<(u16, &String)>) {
        let Some((step, call)) = self.waiting_call() else { return };
        match answer.filter(|(status, _)| (200..300).contains(status)) {
            Some((_, body)) => {
                for (variable, value) in calls::saved(call, body) {
                    self.set(step, &variable, value);
                }
                self.go(&call.then);
            }
            None => {
                self.trouble(step, TroubleCode::CallFailed);
                self.go(&call.failed);
            }
        }
    }

    fn times_out(&mut self) {
        let Some((step, call)) = self.waiting_call() else { return };
        self.trouble(step, TroubleCode::CallTimedOut);
        self.go(&call.timed_out);
    }

    fn time_passes(&mut self) {
        if let Some(StepAct::Delay { then, .. }) = self.waiting(WaitsFor::Time).map(|step| &step.act) {
            self.go(then);
        }
    }

    /// The step that waits for this, if there is one. In a closed conversation nothing waits (R8).
    fn waiting(&self, waits_for: WaitsFor) -> Option<&'a ScenarioStep> {
        let waits = self.state.open && self.state.waits_for == Some(waits_for);
        self.state.step.as_ref().filter(|_| waits).and_then(|id| step(self.flow, id))
    }

    fn waiting_call(&self) -> Option<(&'a ScenarioStep, &'a HttpCall)> {
        let step = self.waiting(WaitsFor::Answer)?;
        if let StepAct::HttpCall(call) = &step.act { Some((step, call)) } else { None }
    }

    /// Goes on from a step until something has to be waited for, or nothing is left.
    fn go(&mut self, from: &str) {
        let mut next = from;
        let mut last = None;
        self.wait_for_nobody();
        loop {
            let Some(step) = step(self.flow, next) else {
                return self.give_up(last, next, TroubleCode::UnknownTarget);
            };
            self.passed += 1;
            self.state.hops += 1;
            if self.passed > self.flow.steps.len() || self.state.hops > MOST_HOPS {
                return self.give_up(Some(step), next, TroubleCode::Circle);
            }
            match self.pass(step) {
                Some(then) => next = then,
                None => return,
            }
            last = Some(step);
        }
    }

    /// Does a step. The next one, or `None` if it waits or nothing is left.
    fn pass(&mut self, step: &'a ScenarioStep) -> Option<&'a str> {
        match &step.act {
            StepAct::Message { text, then } => self.say(step, text, &[]).then_some(then),
            StepAct::Buttons { text, buttons, wait, then, .. } => {
                let labels = self.labels(buttons);
                if !self.say(step, text, &labels) {
                    return None;
                }
                if !*wait {
                    return Some(then);
                }
                self.wait(step, WaitsFor::Customer)
            }
            StepAct::FreeInput { text, .. } => {
                if self.say(step, text, &[]) {
                    self.wait(step, WaitsFor::Customer)
                } else {
                    None
                }
            }
            StepAct::Condition { all, tests, then, otherwise } => {
                let held = conditions::hold(self.facts, &self.state, *all, tests);
                let office = self.facts.office.clone().filter(|_| conditions::ask_for_office(tests));
                self.happens(step, ScenarioEffect::Decides { held, office });
                Some(if held { then } else { otherwise })
            }
            StepAct::Tag { add, remove, then } => {
                self.tag(step, add, remove);
                Some(then)
            }
            StepAct::Route { team_id, then } => {
                self.state.team_id = Some(team_id.clone());
                self.happens(step, ScenarioEffect::Routes { team_id: team_id.clone() });
                Some(then)
            }
            StepAct::Archive { then } => {
                self.happens(step, ScenarioEffect::Archives {});
                Some(then)
            }
            StepAct::SetVariable { variable, value, then } => {
                let value = template::render(value, &self.facts.values(&self.state), str::to_owned);
                self.set(step, variable, Some(value).filter(|value| !value.is_empty()));
                Some(then)
            }
            StepAct::HttpCall(call) => {
                let request = calls::request(call, &self.facts.values(&self.state));
                self.happens(step, ScenarioEffect::Calls { method: call.method, url: request.url, body: request.body });
                self.wait(step, WaitsFor::Answer)
            }
            StepAct::Delay { seconds, .. } => {
                self.happens(step, ScenarioEffect::Delays { seconds: *seconds });
                self.wait(step, WaitsFor::Time)
            }
            StepAct::HandOver {} => {
                self.happens(step, ScenarioEffect::HandsOver {});
                None
            }
            StepAct::End {} => {
                self.happens(step, ScenarioEffect::Ends {});
                None
            }
            StepAct::CloseConversation {} => {
                self.happens(step, ScenarioEffect::Closes {});
                self.state.open = false;
                self.state.conversations_before = self.state.conversations_before.saturating_add(1);
                None
            }
        }
    }

    fn wait(&mut self, step: &ScenarioStep, waits_for: WaitsFor) -> Option<&'a str> {
        self.state.step = Some(step.id.clone());
        self.state.waits_for = Some(waits_for);
        None
    }

    fn wait_for_nobody(&mut self) {
        self.state.step = None;
        self.state.waits_for = None;
        self.state.tries = 0;
    }

    /// Leaves things to the advisors, who can always go on.
    fn give_up(&mut self, at: Option<&ScenarioStep>, next: &str, code: TroubleCode) {
        let step = at.map_or(next, |step| &step.id).to_owned();
        self.wait_for_nobody();
        self.happened.push(TrialHappening { step: step.clone(), what: ScenarioEffect::Troubles { code } });
        self.happened.push(TrialHappening { step, what: ScenarioEffect::HandsOver {} });
    }

    /// Whether the scenario may go on: a channel that takes nothing any more (D9) leaves only the advisors.
    fn say(&mut self, step: &ScenarioStep, texts: &Texts, labels: &[String]) -> bool {
        if !self.facts.may_reply {
            self.give_up(Some(step), &step.id, TroubleCode::ReplyWindow);
            return false;
        }
        let text = self.facts.choose(self.flow, texts);
        let mut text = template::render(text, &self.facts.values(&self.state), str::to_owned);
        if text.chars().all(char::is_whitespace) {
            self.trouble(step, TroubleCode::Empty);
            return true;
        }
        if text.chars().count() > self.facts.reply_limit {
            text = text.chars().take(self.facts.reply_limit.saturating_sub(1)).chain(['…']).collect();
            self.trouble(step, TroubleCode::TooLong);
        }
        for label in labels {
            self.state.offered.insert(label.clone(), step.id.clone());
        }
        while self.state.offered.len() > MOST_OFFERED {
            let forgotten = self.state.offered.keys().find(|label| !labels.contains(label)).cloned();
            let Some(forgotten) = forgotten else { break };
            self.state.offered.remove(&forgotten);
        }
        self.happens(step, ScenarioEffect::Says { text, buttons: labels.to_vec() });
        true
    }

    fn labels(&self, buttons: &[signoff_wire::contract::scenarios::ScenarioButton]) -> Vec<String> {
        let labels = buttons.iter().map(|button| self.facts.choose(self.flow, &button.label).to_owned());
        labels.filter(|label| !label.is_empty()).collect()
    }

    fn tag(&mut self, step: &ScenarioStep, add: &[String], remove: &[String]) {
        let mut tags: Vec<String> = self.state.tags.iter().filter(|tag| !remove.contains(tag)).cloned().collect();
        for tag in add {
            if !tags.contains(tag) {
                tags.push(tag.clone());
            }
        }
        if tags != self.state.tags {
            self.state.tags.clone_from(&tags);
            self.happens(step, ScenarioEffect::Tags { tags });
        }
    }

    fn set(&mut self, step: &ScenarioStep, variable: &str, value: Option<String>) {
        let value = value.map(|value| value.chars().take(answers::LONGEST).collect::<String>());
        if self.state.variables.get(variable) == value.as_ref() {
            return;
        }
        match &value {
            Some(value) => self.state.variables.insert(variable.to_owned(), value.clone()),
            None => self.state.variables.remove(variable),
        };
        self.happens(step, ScenarioEffect::Sets { variable: variable.to_owned(), value });
    }

    fn trouble(&mut self, step: &ScenarioStep, code: TroubleCode) {
        self.happens(step, ScenarioEffect::Troubles { code });
    }

    fn happens(&mut self, step: &ScenarioStep, what: ScenarioEffect) {
        self.happened.push(TrialHappening { step: step.id.clone(), what });
    }
}
