//! Typed, borrowed views of Kubernetes objects over the span tree. Knows kinds, field names and defaults;
//! never whether a value is good.

mod api_resources;
mod api_verbs;
mod capability;
mod container;
mod filter;
mod host_path;
mod image;
mod injection;
mod number;
mod object;
mod place;
mod pod;
mod profile;
mod quantity;
mod rbac;
mod rbac_defaults;
mod selector;
mod value;

pub use api_resources::{
    ResourceScope, api_groups_of, api_resource_meant_by, api_resource_scope, is_api_group, is_cluster_scoped,
};
pub use api_verbs::{api_verbs, is_api_verb};
pub use capability::{capabilities, capability, is_capability};
pub use container::{Container, ContainerList};
pub use filter::{is_definition, may_hold_objects};
pub use host_path::{HostPath, components, fits, is_within, is_within_pattern, normal_path};
pub use image::Image;
pub use number::{integer, is_float};
pub use object::{Object, objects};
pub use place::Place;
pub use pod::{Pod, is_workload};
pub use profile::{
    Beside, Confinement, Profile, ProfileAnnotation, ProfileField, Scope, profile_annotations,
    profile_fields, stray_metadata,
};
pub use quantity::Quantity;
pub use rbac::{Item, PolicyRule, RoleRef, Subject, is_binding, is_role, role_ref, role_rules, subjects};
pub use rbac_defaults::is_rbac_default;
pub use selector::{Labels, Selector, labels};
pub use value::{
    Read, Value, is_placeholder, read_bool, read_int, read_text, says_the_same, settled_text, value,
};
