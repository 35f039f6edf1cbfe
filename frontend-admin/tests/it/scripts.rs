//! How modules become a script, and sheets a sheet.

use crate::tree::Sources;
use crate::{script, sheet};

fn sources(files: &[(&str, &str)]) -> Sources {
    files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect()
}

fn whole(files: &[(&str, &str)]) -> Result<Vec<(String, String)>, String> {
    let scripts = script::whole(&sources(files), "js/page.js")?;
    Ok(scripts.into_iter().map(|(path, bytes)| (path, String::from_utf8(bytes).unwrap())).collect())
}

/// The script of `js/page.js` alone.
#[track_caller]
fn becomes(files: &[(&str, &str)], script: &str) {
    let made = whole(files).unwrap();
    assert_eq!(made, [("js/page.js".to_owned(), script.to_owned())]);
}

#[track_caller]
fn refused(files: &[(&str, &str)], words: &[&str]) {
    let error = whole(files).unwrap_err();
    assert!(words.iter().all(|word| error.contains(word)), "{error}");
}

#[test]
fn modules_stand_after_what_they_import_each_once() {
    becomes(
        &[
            ("js/page.js", "import { a } from \"./core/a.js\";\nimport { b } from \"./b.js\";\nb(a);\n"),
            ("js/core/a.js", "export const a = 1;\n"),
            ("js/b.js", "import { a } from \"./core/a.js\";\nexport async function b(x) {\n  return x + a;\n}\n"),
        ],
        "const a=1;\nasync function b(x){return x+a;}\nb(a);\n",
    );
}

#[test]
fn imports_of_others_are_merged() {
    becomes(
        &[
            (
                "js/page.js",
                "import {\n  z,\n  x,\n} from \"../vendor/v.mjs\";\nimport { c } from \"./c.js\";\nz(x, c);\n",
            ),
            (
                "js/c.js",
                "import v from \"../vendor/v.mjs\";\nimport { x } from \"../vendor/v.mjs\";\nconst c = v(x);\nexport { c, x };\n",
            ),
            ("vendor/v.mjs", ""),
        ],
        "import v,{x,z} from \"../vendor/v.mjs\";\nconst c=v(x);\nz(x,c);\n",
    );
}

#[test]
fn what_is_loaded_later_borrows_from_the_page() {
    let made = whole(&[
        ("js/page.js", "import { a } from \"./a.js\";\nconst load = () => import(\"./ui/later.js\");\n"),
        ("js/a.js", "export const a = 1;\n"),
        (
            "js/ui/later.js",
            "import { a } from \"../a.js\";\nimport { b } from \"./b.js\";\nexport const later = a + b;\n",
        ),
        ("js/ui/b.js", "export const b = 2;\n"),
    ]);
    let (later, page) = ("js/ui/later.js".to_owned(), "js/page.js".to_owned());
    assert_eq!(
        made.unwrap(),
        [
            (later, "import {a} from \"../../js/page.js\";\nconst b=2;\nexport const later=a+b;\n".to_owned()),
            (page, "const a=1;\nconst load=()=>import(\"../js/ui/later.js\");\nexport{a};\n".to_owned()),
        ]
    );
}

#[test]
fn texts_and_templates_are_untouched() {
    let source = "const a = \"x  :  // y\"; // why\nconst b = `<p>  ${ f({ c: `  {\n    // kept ${\"}\"},\n` }) }\n\n  </p>`;\n\
                  /** @type {A} */\nconst r = /[\"'`/] \\/ {/g.test(b) ? 1 / 2 : 3;\nlast();\n";
    becomes(
        &[("js/page.js", source)],
        "const a=\"x  :  // y\";const b=`<p>  ${ f({c:`  {\n    // kept ${\"}\"},\n`})}\n\n  </p>`;\
         const r=/[\"'`/] \\/ {/g.test(b)?1/2:3;last();\n",
    );
}

#[test]
fn a_name_that_two_modules_have_is_refused() {
    refused(
        &[
            ("js/page.js", "import { f } from \"./a.js\";\nlet same = f;\n"),
            ("js/a.js", "const same = 1;\nexport function f() {\n  let inner = same;\n  return inner;\n}\n"),
        ],
        &["js/a.js", "js/page.js", "same"],
    );
    refused(
        &[("js/page.js", "import { h } from \"../v.js\";\nclass h {}\n"), ("v.js", "")],
        &["v.js", "js/page.js", " h:"],
    );
}

#[test]
fn a_circle_is_refused() {
    refused(
        &[
            ("js/page.js", "import { a } from \"./a.js\";\na();\n"),
            ("js/a.js", "import { b } from \"./b.js\";\nexport const a = b;\n"),
            ("js/b.js", "import { a } from \"./a.js\";\nexport const b = a;\n"),
        ],
        &["js/page.js → js/a.js → js/b.js → js/a.js"],
    );
}

#[test]
fn what_a_script_can_not_say_is_refused() {
    let page = |text: &'static str| [("js/page.js", text), ("js/a.js", "export const a = 1;\n")];
    refused(&page("import { a as b } from \"./a.js\";\n"), &["js/page.js", "one name"]);
    refused(&page("import a from \"./a.js\";\n"), &["js/a.js", "one name"]);
    refused(&page("import { a } from \"a\";\n"), &["relative"]);
    refused(&page("import { b } from \"./none.js\";\n"), &["js/page.js wants js/none.js"]);
    refused(&page("export { a } from \"./a.js\";\n"), &["import it"]);
    refused(&page("export default 1;\n"), &["only names"]);
    refused(&page("const { x } = y;\n"), &["one name at a time"]);
}

#[test]
fn a_sheet_stands_after_what_it_imports() {
    let files = sources(&[
        (
            "css/page.css",
            "/* Why. */\n@import \"base.css\";\n\na :hover > b,\nc {\n  color: red; /* so\n */\n  margin: 0\n    auto;\n}\n",
        ),
        ("css/base.css", "@media (x) {\n  p { color: red; }\n}\n"),
    ]);
    let made = sheet::whole(&files, "css/page.css").unwrap();
    let sheet = "@media (x){p{color:red}\n}\na :hover > b,c{color:red;margin:0 auto;}\n";
    assert_eq!(made, [("css/page.css".to_owned(), sheet.as_bytes().to_vec())]);
}
