//! A page's own modules as one script: in the order in which they depend on each other, their names side by side.

use std::collections::{BTreeMap, BTreeSet};

use crate::module::Module;
use crate::tree::{self, Sources};

/// Where our own modules are; all others are left where they are.
const OWN: &str = "js/";

/// The script that begins with the module of a path, and those that it loads later. What these need and the first has
/// they import from it, since a module that ran twice would have two states.
///
/// # Errors
/// A circle of imports, a name that two modules have, or what a module can't say.
pub(crate) fn whole(sources: &Sources, entry: &str) -> Result<Vec<(String, Vec<u8>)>, String> {
    let first = Script::new(sources, entry, None)?;
    let mut lent = BTreeSet::new();
    let mut scripts = Vec::new();
    for path in first.modules.iter().flat_map(|(_, module)| &module.loads) {
        let later = Script::new(sources, path, Some(&first))?;
        if let Some((module, _)) = later.modules.iter().find(|(_, module)| !module.loads.is_empty()) {
            return Err(format!("{module} is loaded later itself, and can't load more"));
        }
        scripts.push((path.clone(), later.text()?.into_bytes()));
        lent.extend(later.borrowed);
    }
    let mut text = first.text()?;
    if !lent.is_empty() {
        text = text + "export{" + &Vec::from_iter(lent).join(",") + "};\n";
    }
    scripts.push((entry.to_owned(), text.into_bytes()));
    Ok(scripts)
}

/// Names that modules give to the default export of another's file, and those that they import in braces.
type Imported<'a> = (BTreeSet<&'a str>, BTreeSet<&'a str>);

/// The modules of a script, each after those that it imports.
struct Script<'a> {
    sources: &'a Sources,
    path: &'a str,
    /// The script of the page that loads this one.
    page: Option<&'a Script<'a>>,
    modules: Vec<(String, Module)>,
    /// The names that are imported from the page's script.
    borrowed: BTreeSet<String>,
}

impl<'a> Script<'a> {
    fn new(sources: &'a Sources, path: &'a str, page: Option<&'a Script<'a>>) -> Result<Self, String> {
        let mut script = Self { sources, path, page, modules: Vec::new(), borrowed: BTreeSet::new() };
        script.add(path, &mut Vec::new())?;
        Ok(script)
    }

    fn add(&mut self, path: &str, importers: &mut Vec<String>) -> Result<(), String> {
        if importers.iter().any(|importer| importer == path) {
            return Err(format!("imports go round in a circle: {} → {path}", importers.join(" → ")));
        }
        if self.holds(path) {
            return Ok(());
        }
        let source = tree::text(self.sources, path, importers.last().map_or("a page", String::as_str))?;
        let module = Module::parse(path, source, self.path)?;
        importers.push(path.to_owned());
        for import in &module.imports {
            if !import.path.starts_with(OWN) {
                tree::text(self.sources, &import.path, path)?;
            } else if let Some(name) = &import.default {
                return Err(format!("{path} imports {name} from {}: in one script a thing has one name", import.path));
            } else if self.page.is_some_and(|page| page.holds(&import.path)) {
                self.borrowed.extend(import.names.iter().cloned());
            } else {
                self.add(&import.path, importers)?;
            }
        }
        importers.pop();
        self.modules.push((path.to_owned(), module));
        Ok(())
    }

    fn holds(&self, path: &str) -> bool {
        self.modules.iter().any(|(known, _)| known == path)
    }

    /// Imports from others merged at the top, then each module.
    fn text(&self) -> Result<String, String> {
        let mut names = Names::default();
        let mut text = String::new();
        for (path, (defaults, braces)) in self.imports_of_others() {
            defaults.iter().chain(&braces).try_for_each(|name| names.take(name, path))?;
            let braces = (!braces.is_empty()).then(|| format!("{{{}}}", Vec::from_iter(braces).join(",")));
            let names: Vec<_> = defaults.into_iter().map(str::to_owned).chain(braces).collect();
            text = text + "import " + &names.join(",") + " from \"" + &tree::up(self.path) + path + "\";\n";
        }
        for (path, module) in &self.modules {
            module.names.iter().try_for_each(|name| names.take(name, path))?;
            text += &module.body;
        }
        Ok(text)
    }

    fn imports_of_others(&self) -> BTreeMap<&str, Imported<'_>> {
        let mut merged = BTreeMap::<&str, Imported<'_>>::new();
        if let Some(page) = self.page.filter(|_| !self.borrowed.is_empty()) {
            merged.insert(page.path, (BTreeSet::new(), self.borrowed.iter().map(String::as_str).collect()));
        }
        for import in self.modules.iter().flat_map(|(_, module)| &module.imports) {
            if !import.path.starts_with(OWN) {
                let (defaults, names) = merged.entry(&import.path).or_default();
                defaults.extend(import.default.as_deref());
                names.extend(import.names.iter().map(String::as_str));
            }
        }
        merged
    }
}

/// The names of a script, each with the module that has it.
#[derive(Default)]
struct Names<'a>(BTreeMap<&'a str, &'a str>);

impl<'a> Names<'a> {
    fn take(&mut self, name: &'a str, path: &'a str) -> Result<(), String> {
        match self.0.insert(name, path) {
            Some(other) => Err(format!("both {other} and {path} have a {name}: in one script each name is there once")),
            None => Ok(()),
        }
    }
}
