//! Bindings that list people one by one.

use crate::{
    kube::{self, Subject},
    rule::{Context, Native},
    yaml::Path,
};

pub(crate) const CHECK: Native = Native::Object(check);

fn check(ctx: &mut Context<'_, '_>) {
    let object = ctx.object();
    if !kube::is_binding(object) || kube::is_rbac_default(object) {
        return;
    }
    let subjects = kube::subjects(object);
    let users: Vec<&Subject> = subjects.iter().filter(|subject| is_person(subject)).collect();
    let most = ctx.params.int("most").and_then(|most| usize::try_from(most).ok()).unwrap_or(1);
    if users.len() <= most {
        return;
    }
    let say = format!("`subjects` lists {} users one by one, not a group", users.len());
    let finding = ctx.report(object.place(&Path::of(&["subjects"])), &say);
    for user in users {
        finding.relate(user.name.span, "a user");
    }
}

fn is_person(subject: &Subject) -> bool {
    &*subject.kind.text == "User" && !subject.name.text.starts_with("system:")
}
