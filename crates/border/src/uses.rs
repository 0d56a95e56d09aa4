//! The rules of one line: nearly always one, which then lies within the line.

use std::ops::Deref;

use crate::verdict::RuleUse;

/// The rules that gave a line, in the order of the pack; read it as a slice.
#[derive(Clone, Debug, Default)]
pub struct RuleUses<'p>(Uses<'p>);

#[derive(Clone, Debug)]
enum Uses<'p> {
    Few(Option<RuleUse<'p>>),
    Many(Vec<RuleUse<'p>>),
}

impl Default for Uses<'_> {
    fn default() -> Self {
        Uses::Few(None)
    }
}

impl<'p> RuleUses<'p> {
    pub(crate) fn push(&mut self, used: RuleUse<'p>) {
        match &mut self.0 {
            Uses::Few(none @ None) => *none = Some(used),
            Uses::Few(one) => {
                let both = one.take().into_iter().chain([used]);
                self.0 = Uses::Many(both.collect());
            }
            Uses::Many(many) => many.push(used),
        }
    }
}

impl<'p> Deref for RuleUses<'p> {
    type Target = [RuleUse<'p>];

    fn deref(&self) -> &[RuleUse<'p>] {
        match &self.0 {
            Uses::Few(few) => few.as_slice(),
            Uses::Many(many) => many,
        }
    }
}

impl<'s, 'p> IntoIterator for &'s RuleUses<'p> {
    type Item = &'s RuleUse<'p>;
    type IntoIter = std::slice::Iter<'s, RuleUse<'p>>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
