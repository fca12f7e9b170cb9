//! What refers by name refers to something.

use indexmap::{IndexMap, IndexSet};

use crate::manifest::{CheckCall, PaginationChoice, SchemaRef, SchemeChoice};
use crate::source::{Code, Diagnostic, Span, Spanned};

use super::cost::MOST_BASES;
use super::view::{Operation, Param, View};
use super::{is_enough, is_written, undefined};

pub(super) fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    let mut references = References { view, findings };
    references.params();
    references.schemas();
    references.actions();
    references.relations();
    references.check_operation();
}

struct References<'v, 'm> {
    view: &'v View<'m>,
    findings: &'v mut Vec<Diagnostic>,
}

impl<'m> References<'_, 'm> {
    fn expect<T>(&mut self, span: Span, noun: &str, name: &str, defined: &IndexMap<String, Spanned<T>>) {
        if is_written(span) && !defined.contains_key(name) && !is_enough(self.findings) {
            let known = defined.keys().map(String::as_str);
            self.findings.push(undefined(Code::UnknownReference, span, noun, name, known));
        }
    }

    /// `$ref: "#/params/name"` names a parameter, and following such references comes to an end.
    fn params(&mut self) {
        let params = &self.view.manifest.params;
        for (_, param) in self.view.written_params() {
            if let Some(base) = &param.base {
                self.expect(base.span, "parameter", base, params);
            }
        }
        for (name, param) in params {
            let mut base = param.base.as_ref();
            for step in 0.. {
                match base {
                    Some(far) if step == MOST_BASES => {
                        let message = format!("more than {MOST_BASES} parameters start from each other");
                        self.findings.push(Diagnostic::new(Code::Limit, far.span, message));
                        break;
                    }
                    Some(back) if back.value == *name => {
                        let message = format!("the parameter `{name}` starts from itself");
                        self.findings.push(Diagnostic::new(Code::Conflict, back.span, message));
                        break;
                    }
                    Some(further) => base = params.get(&further.value).and_then(|param| param.base.as_ref()),
                    None => break,
                }
            }
        }
    }

    /// `$ref` in a schema has the form `#/schemas/Name` and names one.
    fn schemas(&mut self) {
        let manifest = self.view.manifest;
        for (target, span) in self.view.schemas().flat_map(|schema| schema.references()) {
            match target.strip_prefix("#/schemas/") {
                Some(name) => self.expect(span, "schema", name, &manifest.schemas),
                None => {
                    let message = format!("a schema cannot refer to `{target}`");
                    let found = Diagnostic::new(Code::UnknownReference, span, message);
                    self.findings.push(found.help("references have the form `#/schemas/Name`"));
                }
            }
        }
        for record in self.view.records() {
            match &record.value {
                SchemaRef::Name(name) => self.expect(record.span, "schema", name, &manifest.schemas),
                SchemaRef::Inline(_) => {}
            }
        }
    }

    /// What actions name: pagination and a way to sign in.
    fn actions(&mut self) {
        let manifest = self.view.manifest;
        for action in manifest.entities.values().flat_map(|entity| entity.actions.values()) {
            if let Some(paginate) = &action.paginate {
                match &paginate.value {
                    PaginationChoice::Named(name) => {
                        self.expect(paginate.span, "pagination", name, &manifest.pagination);
                    }
                    PaginationChoice::None | PaginationChoice::Inline(_) => {}
                }
            }
            if let Some(auth) = &action.auth {
                match &auth.value {
                    SchemeChoice::Named(name) => self.expect(auth.span, "way to sign in", name, &manifest.auth),
                    SchemeChoice::None => {}
                }
            }
        }
    }

    fn relations(&mut self) {
        let entities = &self.view.manifest.entities;
        for relation in entities.values().flat_map(|entity| &entity.relations) {
            self.expect(relation.to.span, "entity", &relation.to, entities);
        }
    }

    /// The operation that shows whether a connection works exists, and is given what it takes and all that it needs.
    fn check_operation(&mut self) {
        let manifest = self.view.manifest;
        let Some(check) = manifest.check.as_ref().map(|check| &check.0) else { return };
        let named = &check.operation;
        if !is_written(named.span) {
            return;
        }
        let Some((entity, action)) = named.split_once('.') else {
            let message = format!("`{}` is not an operation", named.value);
            let found = Diagnostic::new(Code::UnknownReference, named.span, message);
            return self.findings.push(found.help("write `entity.action`, such as `users.me`"));
        };
        let Some(noun) = manifest.entities.get(entity) else {
            return self.expect(named.span, "entity", entity, &manifest.entities);
        };
        if !noun.actions.contains_key(action) {
            let known = noun.actions.keys().map(String::as_str);
            let mut found = undefined(Code::UnknownReference, named.span, "action", action, known);
            found.message = format!("`{entity}` has no action `{action}`");
            return self.findings.push(found);
        }
        let operation = self.view.operations.iter().find(|found| found.entity == entity && found.action == action);
        if let Some(operation) = operation {
            self.check_params(check, operation);
        }
    }

    fn check_params(&mut self, check: &CheckCall, operation: &Operation<'_>) {
        let needed =
            operation.params.values().find(|param| param.must_be_given() && !check.params.contains_key(param.name));
        if let Some(param) = needed {
            let (operation, name) = (&check.operation, param.name);
            let message = format!("`{}` needs the parameter `{name}`", operation.value);
            let found = Diagnostic::new(Code::Conflict, operation.span, message);
            let help = format!("give it: `check: {{ operation: {}, params: {{ {name}: … }} }}`", operation.value);
            self.findings.push(found.help(help));
        }
        let added: Vec<_> = operation.pagination.iter().flat_map(|pagination| pagination.params()).collect();
        let is_hidden = |name: &str| operation.param(name).is_some_and(Param::is_hidden);
        let shown = operation.params.keys().copied().filter(|name| !is_hidden(name));
        let shown: IndexSet<_> = shown.chain(added.iter().map(|param| param.name.as_str())).collect();
        for (name, fill) in check.params.iter().filter(|(name, _)| !shown.contains(name.as_str())) {
            if is_enough(self.findings) {
                return;
            }
            let known = shown.iter().copied();
            let mut found = undefined(Code::UnknownReference, fill.span, "parameter", name, known);
            found.message = if is_hidden(name) {
                format!("`{name}` of `{}` is hidden: nothing but its `fill` gives it", operation.name())
            } else {
                format!("`{}` has no parameter `{name}`", operation.name())
            };
            self.findings.push(found);
        }
    }
}
