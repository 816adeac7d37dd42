//! Plans that outlive a run, so that a keystroke is judged without making rules ready first.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::SystemTime,
};

use crate::{
    base::Day,
    config::Settings,
    engine::{Choice, Plan, PlanError, Silencing},
    rule::{Literals, Registry, Target},
};

/// Parameters as users set them.
type Params = BTreeMap<String, Literals>;

/// Makes the rules of `settings` ready.
///
/// # Errors
/// [`PlanError`] when the parameters that were set make a rule impossible to run.
pub(super) fn plan(registry: &'static Registry, settings: &Settings) -> Result<Plan<'static>, PlanError> {
    let target = Target { kubernetes: settings.target, platform: settings.platform };
    let choices = settings.rules.iter().filter_map(|selected| {
        let rule = registry.rules().get(selected.rule)?;
        Some(Choice { rule, severity: selected.severity, params: kept(&selected.params) })
    });
    let mut plan = Plan::new(target, choices)?;
    plan.silencing = Some(Silencing { registry, today: today(), peers: settings.peer_ignores });
    Ok(plan)
}

/// The same parameters for as long as the process lives; each set of them once, and users set few.
fn kept(params: &Params) -> &'static Params {
    static NONE: Params = Params::new();
    static KEPT: Mutex<Vec<&'static Params>> = Mutex::new(Vec::new());
    if params.is_empty() {
        return &NONE;
    }
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = kept.iter().find(|known| **known == params) {
        return known;
    }
    let new: &'static Params = Box::leak(Box::new(params.clone()));
    kept.push(new);
    new
}

/// The day that the system's clock shows, in UTC.
pub(super) fn today() -> Day {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    Day::of_unix(now.unwrap_or_default().as_secs())
}

/// Plans by the settings that they are of.
#[derive(Debug, Clone, Default)]
pub(super) struct Plans(Vec<(Arc<Settings>, Arc<Plan<'static>>)>);

impl Plans {
    /// The plan for `settings`, made when first asked for; `None` where it cannot be made.
    pub(super) fn get(
        &mut self,
        registry: &'static Registry,
        settings: &Arc<Settings>,
    ) -> Option<Arc<Plan<'static>>> {
        if let Some((_, plan)) = self.0.iter().find(|(known, _)| Arc::ptr_eq(known, settings)) {
            return Some(Arc::clone(plan));
        }
        let plan = Arc::new(plan(registry, settings).ok()?);
        self.0.push((Arc::clone(settings), Arc::clone(&plan)));
        Some(plan)
    }
}
