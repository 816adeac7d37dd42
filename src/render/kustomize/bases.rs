//! The bases of a run, each built once, whether that worked or not.

use std::{
    collections::HashMap,
    ffi::OsString,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use super::{
    accumulator::Accumulator,
    chain::{Chain, Met},
    error::Errors,
};
use crate::render::patch::Schemas;

/// What came of a base.
type Result<'a> = std::result::Result<Arc<Accumulator<'a>>, Arc<Errors>>;

/// Finished bases. Threads may share it.
#[derive(Debug, Default)]
pub(super) struct Bases<'a> {
    by_folder: Mutex<HashMap<OsString, Vec<Base<'a>>>>,
}

#[derive(Debug)]
struct Base<'a> {
    /// One that lists merge differently for is another one.
    schemas: Option<Arc<Schemas>>,
    result: Result<'a>,
    met: Arc<Met>,
}

impl<'a> Bases<'a> {
    /// What came of the base in `folder`, if that holds where `chain` leads to it, too.
    pub(super) fn get(
        &self,
        folder: &Path,
        schemas: Option<&Arc<Schemas>>,
        chain: &Chain<'_>,
    ) -> Option<Result<'a>> {
        let (result, met) = {
            let by_folder = self.by_folder.lock().unwrap_or_else(PoisonError::into_inner);
            let mut bases = by_folder.get(folder.as_os_str())?.iter();
            let base = bases.find(|base| base.is_for(schemas))?;
            (base.result.clone(), Arc::clone(&base.met))
        };
        if !chain.allows(&met) {
            return None;
        }
        chain.takes(&met);
        Some(result)
    }

    /// Keeps what came of the base in `folder`, unless it holds only for the way that led there.
    pub(super) fn keep(
        &self,
        folder: &Path,
        schemas: Option<Arc<Schemas>>,
        result: &std::result::Result<Arc<Accumulator<'a>>, Errors>,
        met: Met,
    ) {
        let result = match result {
            Ok(base) => Ok(Arc::clone(base)),
            Err(errors) if errors.iter().any(|error| error.is_of_way) => return,
            Err(errors) => Err(Arc::new(errors.clone())),
        };
        let mut by_folder = self.by_folder.lock().unwrap_or_else(PoisonError::into_inner);
        let bases = by_folder.entry(folder.as_os_str().to_owned()).or_default();
        // Another thread may have been faster.
        if !bases.iter().any(|base| base.is_for(schemas.as_ref())) {
            bases.push(Base { schemas, result, met: Arc::new(met) });
        }
    }
}

impl Base<'_> {
    fn is_for(&self, schemas: Option<&Arc<Schemas>>) -> bool {
        match (&self.schemas, schemas) {
            (Some(own), Some(asked)) => Arc::ptr_eq(own, asked),
            (None, None) => true,
            _ => false,
        }
    }
}
