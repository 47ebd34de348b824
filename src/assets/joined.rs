//! Joins modules that are always fetched together into one file, for `build.rs`: over a browser's six connections forty small
//! files are seven turns of waiting, and on a phone waiting costs more than what is in them.
//!
//! A joined module stays a scope of its own. It runs once, after what it imports, as in a browser; what it exports is an
//! object by the name of the module, which the other modules, joined or not, take what they import from. Who writes a module
//! need not know of it; what would not mean the same afterwards (an export that changes, modules that import each other) is
//! refused, and so ends the build.

use std::collections::{BTreeMap, BTreeSet};

/// Texts of modules by their paths from the root.
type Modules = BTreeMap<String, String>;

/// Makes each of `roots` one file of what it imports and no earlier root has; the modules that are now in them are taken
/// out. Imports that are not among `modules` are left as they are. What is refused is said with the module's path.
pub fn join(modules: &mut Modules, roots: &[&str]) -> Result<(), String> {
    let mut parsed = BTreeMap::new();
    for (path, text) in modules.iter() {
        parsed.insert(path.clone(), Module::parse(path, text)?);
    }
    let mut homes = BTreeMap::new();
    let mut orders = Vec::new();
    for root in roots {
        let mut order = Vec::new();
        visit(root, &parsed, &homes, &mut order, &mut Vec::new())?;
        for path in &order {
            homes.insert(path.clone(), (*root).to_owned());
        }
        orders.push(order);
    }
    for (path, module) in &parsed {
        if !homes.contains_key(path) {
            modules.insert(path.clone(), alone(path, module, &homes)?);
        }
    }
    modules.retain(|path, _| !homes.contains_key(path));
    for (root, order) in roots.iter().zip(&orders) {
        modules.insert((*root).to_owned(), together(root, order, &parsed, &homes)?);
    }
    Ok(())
}

/// What a module imports of another.
enum Taken {
    /// Only that it has run.
    Nothing,
    /// All of it, by this name.
    All(String),
    /// `(its name there, its name here)`.
    Names(Vec<(String, String)>),
}

enum Part {
    Import {
        taken: Taken,
        from: String,
    },
    /// A line that declares what is exported, without the word for it.
    Export(String),
    Code(String),
}

struct Module {
    parts: Vec<Part>,
    exports: Vec<String>,
}

impl Module {
    fn parse(path: &str, text: &str) -> Result<Self, String> {
        let mut module = Self {
            parts: Vec::new(),
            exports: Vec::new(),
        };
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            if line.starts_with("import ") {
                let mut statement = line.to_owned();
                while !statement.ends_with(';') {
                    let more = lines.next().ok_or_else(|| format!("{path}: {statement}"))?;
                    statement.push_str(more);
                }
                let part = import(path, &statement).ok_or_else(|| format!("{path}: {statement}"))?;
                module.parts.push(part);
            } else if let Some(declared) = line.strip_prefix("export ") {
                let name = declared_name(declared).ok_or_else(|| format!("{path}: can't be joined: {line}"))?;
                module.exports.push(name.to_owned());
                module.parts.push(Part::Export(declared.to_owned()));
            } else {
                module.parts.push(Part::Code(line.to_owned()));
            }
        }
        Ok(module)
    }

    fn imports(&self) -> impl Iterator<Item = &String> {
        self.parts.iter().filter_map(|part| match part {
            Part::Import { from, .. } => Some(from),
            Part::Export(_) | Part::Code(_) => None,
        })
    }
}

/// One statement, as the formatter writes it: `import {..} from '..';`, `import * as name from '..';` or `import '..';`.
fn import(path: &str, statement: &str) -> Option<Part> {
    let statement = statement.strip_prefix("import ")?.strip_suffix("';")?;
    let (what, from) = statement.rsplit_once('\'')?;
    let from = resolved(path, from);
    let Some(what) = what.trim_end().strip_suffix(" from") else {
        return what.is_empty().then_some(Part::Import {
            taken: Taken::Nothing,
            from,
        });
    };
    if let Some(name) = what.strip_prefix("* as ") {
        let taken = Taken::All(name.to_owned());
        return Some(Part::Import { taken, from });
    }
    let names = what.strip_prefix('{')?.strip_suffix('}')?.split(',').map(str::trim);
    let names = names.filter(|name| !name.is_empty()).map(|name| {
        let (there, here) = name.split_once(" as ").unwrap_or((name, name));
        (there.to_owned(), here.to_owned())
    });
    let taken = Taken::Names(names.collect());
    Some(Part::Import { taken, from })
}

/// The name of an export that stays what it was when its module has run.
fn declared_name(declared: &str) -> Option<&str> {
    let kinds = ["async function ", "function ", "class ", "const "];
    let rest = kinds.iter().find_map(|kind| declared.strip_prefix(kind))?;
    let end = rest.find(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_' || letter == '$'));
    let name = &rest[..end.unwrap_or(rest.len())];
    (!name.is_empty()).then_some(name)
}

/// A module after all that it imports: the order in which a browser runs them.
fn visit(
    path: &str,
    parsed: &BTreeMap<String, Module>,
    homes: &BTreeMap<String, String>,
    order: &mut Vec<String>,
    above: &mut Vec<String>,
) -> Result<(), String> {
    if above.iter().any(|other| other == path) {
        return Err(format!("{} and {path} import each other", above.join(", ")));
    }
    let Some(module) = parsed.get(path) else { return Ok(()) };
    if homes.contains_key(path) || order.iter().any(|other| other == path) {
        return Ok(());
    }
    above.push(path.to_owned());
    for other in module.imports() {
        visit(other, parsed, homes, order, above)?;
    }
    above.pop();
    order.push(path.to_owned());
    Ok(())
}

/// A module that stays a file, and takes from joined files what is in them now.
fn alone(path: &str, module: &Module, homes: &BTreeMap<String, String>) -> Result<String, String> {
    let mut out = String::new();
    for part in &module.parts {
        match part {
            Part::Code(line) => code(&mut out, line, path, path, homes)?,
            Part::Export(line) => code(&mut out, &format!("export {line}"), path, path, homes)?,
            Part::Import { taken, from } => match (homes.get(from), taken) {
                (Some(home), Taken::Nothing) => push_line(&mut out, &format!("import '{}';", relative(path, home))),
                (Some(home), _) => {
                    let import = format!("import {{ {} }} from '{}';", object(from), relative(path, home));
                    push_line(&mut out, &import);
                    push_line(&mut out, &take(taken, from));
                }
                (None, _) => push_line(&mut out, &written(taken, &relative(path, from))),
            },
        }
    }
    Ok(out)
}

/// The modules of `order`, which ends with `root`, as one file in its place.
fn together(
    root: &str,
    order: &[String],
    parsed: &BTreeMap<String, Module>,
    homes: &BTreeMap<String, String>,
) -> Result<String, String> {
    let mut bodies = String::new();
    let mut foreign: BTreeMap<&String, BTreeSet<String>> = BTreeMap::new();
    for path in order {
        let module = &parsed[path];
        push_line(&mut bodies, &format!("const {} = (() => {{", object(path)));
        for part in &module.parts {
            match part {
                Part::Export(line) | Part::Code(line) => code(&mut bodies, line, path, root, homes)?,
                Part::Import { taken, from } => {
                    let home = homes.get(from).unwrap_or(from);
                    if home != root {
                        foreign.entry(home).or_default().insert(object(from));
                    }
                    push_line(&mut bodies, &take(taken, from));
                }
            }
        }
        push_line(&mut bodies, &format!("return {{ {} }};", module.exports.join(", ")));
        push_line(&mut bodies, "})();");
    }
    let mut out = String::new();
    for (home, objects) in foreign {
        let address = relative(root, home);
        let import = if homes.contains_key(home) {
            let objects: Vec<_> = objects.into_iter().collect();
            format!("import {{ {} }} from '{address}';", objects.join(", "))
        } else {
            format!("import * as {} from '{address}';", object(home))
        };
        push_line(&mut out, &import);
    }
    out.push_str(&bodies);
    let objects: Vec<_> = order.iter().map(|path| object(path)).collect();
    push_line(&mut out, &format!("export {{ {} }};", objects.join(", ")));
    let own = &parsed[root].exports;
    if !own.is_empty() {
        push_line(
            &mut out,
            &format!("export const {{ {} }} = {};", own.join(", "), object(root)),
        );
    }
    Ok(out)
}

/// A line whose addresses hold from where it stands now.
fn code(out: &mut String, text: &str, path: &str, place: &str, homes: &BTreeMap<String, String>) -> Result<(), String> {
    if text.contains("import.meta") && folder(path) != folder(place) {
        return Err(format!("{path}: its own address is another in {place}: {text}"));
    }
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("import('") {
        let (address, after) = after.split_once('\'').ok_or_else(|| format!("{path}: {text}"))?;
        let other = resolved(path, address);
        if homes.get(&other).is_some_and(|home| *home != other) {
            return Err(format!("{path}: {other} is a part of another file: {text}"));
        }
        out.push_str(before);
        out.push_str("import('");
        out.push_str(&relative(place, &other));
        out.push('\'');
        rest = after;
    }
    push_line(out, rest);
    Ok(())
}

fn push_line(out: &mut String, text: &str) {
    if !text.is_empty() {
        out.push_str(text);
        out.push('\n');
    }
}

/// Takes what is imported out of a module's object.
fn take(taken: &Taken, from: &str) -> String {
    match taken {
        Taken::Nothing => String::new(),
        Taken::All(name) => format!("const {name} = {};", object(from)),
        Taken::Names(names) => format!("const {{ {} }} = {};", pairs(names, ": "), object(from)),
    }
}

/// An import as a browser reads it.
fn written(taken: &Taken, address: &str) -> String {
    match taken {
        Taken::Nothing => format!("import '{address}';"),
        Taken::All(name) => format!("import * as {name} from '{address}';"),
        Taken::Names(names) => format!("import {{ {} }} from '{address}';", pairs(names, " as ")),
    }
}

fn pairs(names: &[(String, String)], between: &str) -> String {
    let one = |(there, here): &(String, String)| {
        if there == here {
            there.clone()
        } else {
            format!("{there}{between}{here}")
        }
    };
    names.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// The name of a module's object: its path, as far as a name can hold it.
fn object(path: &str) -> String {
    let stem = path.strip_suffix(".js").unwrap_or(path);
    let name = stem.replace(|letter: char| !letter.is_ascii_alphanumeric(), "_");
    format!("${}", name.strip_prefix("js_").unwrap_or(&name))
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The path that `address` means in the module at `path`.
fn resolved(path: &str, address: &str) -> String {
    let mut parts: Vec<_> = folder(path).split('/').filter(|part| !part.is_empty()).collect();
    for part in address.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            name => parts.push(name),
        }
    }
    parts.join("/")
}

/// The address of `other` in the module at `path`.
fn relative(path: &str, other: &str) -> String {
    let from: Vec<_> = folder(path).split('/').filter(|part| !part.is_empty()).collect();
    let to: Vec<_> = other.split('/').collect();
    let same = from.iter().zip(&to).take_while(|(one, other)| one == other).count();
    let up = if same == from.len() {
        "./".to_owned()
    } else {
        "../".repeat(from.len() - same)
    };
    up + &to[same..].join("/")
}

#[cfg(test)]
mod tests {
    use super::{join, Modules};

    fn modules(texts: &[(&str, &str)]) -> Modules {
        texts
            .iter()
            .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
            .collect()
    }

    #[test]
    fn what_is_always_fetched_together_is_one_file_each_module_a_scope_run_after_what_it_imports() {
        let mut all = modules(&[
            (
                "js/main.js",
                "import { html as h } from '../vendor/ui.js';\nimport * as api from './api.js';\nimport './words/en.js';\n\
                 h(api.call());\nimport('./views/home.js').then(open);\n",
            ),
            ("js/api.js", "import { t } from './words/en.js';\nexport const call = () => t;\nexport class Failure {}\n"),
            ("js/words/en.js", "export function t() {}\n"),
            ("js/views/home.js", "import {\nt as say,\n} from '../words/en.js';\nimport { line } from './line.js';\nexport const Home = say(line);\n"),
            ("js/views/line.js", "export async function line() {}\n"),
            ("js/host/rooms.js", "import { call } from '../api.js';\nimport { own } from './own.js';\nimport { line } from '../views/line.js';\nimport '../words/en.js';\n"),
            ("js/host/own.js", "export const own = 1;\n"),
        ]);
        assert_eq!(join(&mut all, &["js/main.js", "js/views/home.js"]), Ok(()));
        let expected = modules(&[
            (
                "js/main.js",
                "import * as $vendor_ui from '../vendor/ui.js';\n\
                 const $words_en = (() => {\nfunction t() {}\nreturn { t };\n})();\n\
                 const $api = (() => {\nconst { t } = $words_en;\nconst call = () => t;\nclass Failure {}\nreturn { call, Failure };\n})();\n\
                 const $main = (() => {\nconst { html: h } = $vendor_ui;\nconst api = $api;\nh(api.call());\n\
                 import('./views/home.js').then(open);\nreturn {  };\n})();\nexport { $words_en, $api, $main };\n",
            ),
            (
                "js/views/home.js",
                "import { $words_en } from '../main.js';\n\
                 const $views_line = (() => {\nasync function line() {}\nreturn { line };\n})();\n\
                 const $views_home = (() => {\nconst { t: say } = $words_en;\nconst { line } = $views_line;\n\
                 const Home = say(line);\nreturn { Home };\n})();\nexport { $views_line, $views_home };\nexport const { Home } = $views_home;\n",
            ),
            (
                "js/host/rooms.js",
                "import { $api } from '../main.js';\nconst { call } = $api;\nimport { own } from './own.js';\n\
                 import { $views_line } from '../views/home.js';\nconst { line } = $views_line;\nimport '../main.js';\n",
            ),
            ("js/host/own.js", "export const own = 1;\n"),
        ]);
        assert_eq!(all, expected);
    }

    #[test]
    fn an_address_holds_from_where_its_module_stands_now() {
        let mut all = modules(&[
            ("js/main.js", "import './views/app.js';\n"),
            (
                "js/views/app.js",
                "const one = import('./late.js'), two = import('../host/rooms.js');\n",
            ),
            ("js/views/late.js", "export const late = 1;\n"),
        ]);
        assert_eq!(join(&mut all, &["js/main.js"]), Ok(()));
        let line = "const one = import('./views/late.js'), two = import('./host/rooms.js');\n";
        assert!(all["js/main.js"].contains(line), "{}", all["js/main.js"]);
        assert_eq!(all.keys().collect::<Vec<_>>(), ["js/main.js", "js/views/late.js"]);
    }

    #[test]
    fn what_would_not_mean_the_same_is_refused_with_its_place() {
        let refused = |text: &str| {
            let mut all = modules(&[("js/main.js", "import './views/one.js';\n"), ("js/views/one.js", text)]);
            join(&mut all, &["js/main.js"]).err().unwrap_or_default()
        };
        for text in [
            "export let count = 0;",
            "export default 1;",
            "export { one };",
            "export * from './two.js';",
            "export const { one } = two;",
            "import one from './one.js';",
            "import { one }",
            "import '../main.js';",
            "const here = import.meta.url;",
            "import('./one.js');",
        ] {
            assert!(refused(text).contains("js/views/one.js"), "{text}: {}", refused(text));
        }
    }
}
