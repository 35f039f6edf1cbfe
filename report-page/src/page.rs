use std::fmt::Write;

const STYLE: &str = include_str!("page.css");

/// A text as HTML says it.
///
/// ```
/// assert_eq!(report_page::escaped("<a href=\"x\">&'"), "&lt;a href=&quot;x&quot;&gt;&amp;&#39;");
/// ```
pub fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            character => escaped.push(character),
        }
    }
    escaped
}

/// A figure that is seen first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tile {
    /// What it is.
    pub name: &'static str,
    /// The figure.
    pub value: String,
    /// Whether it is a gain, or a loss, if it is either.
    pub is_gain: Option<bool>,
}

impl Tile {
    /// A figure that is neither gain nor loss.
    pub fn new(name: &'static str, value: String) -> Self {
        Self { name, value, is_gain: None }
    }
}

/// A figure among others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The figure.
    pub value: String,
    /// Whether it is a gain, or a loss, if it is either.
    pub is_gain: Option<bool>,
}

impl From<String> for Cell {
    fn from(value: String) -> Self {
        Self { value, is_gain: None }
    }
}

/// How a key looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// As a line.
    Line,
    /// As the area between two.
    Band,
    /// As a dashed line.
    Dashed,
}

/// What a colour of a picture means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// The page's variable for the colour.
    pub colour: &'static str,
    /// As it is drawn.
    pub look: Look,
    /// What it means.
    pub name: &'static str,
}

/// A page, part by part. Texts are escaped, but for what is called HTML.
///
/// ```
/// use report_page::{Page, Tile};
/// let mut page = Page::new("A & B", "example");
/// page.tiles(&[Tile::new("how many", "2".into())]);
/// page.table("Both", &[("A", "1".into()), ("B", "1".into())]);
/// let html = page.end("Made by hand.");
/// assert!(html.starts_with("<!doctype html>") && html.contains("<h1>A &amp; B</h1>"));
/// ```
#[derive(Clone, Debug)]
pub struct Page {
    html: String,
}

impl Page {
    /// A page with a title; the window's title says also what kind of page it is.
    pub fn new(title: &str, kind: &str) -> Self {
        let title = escaped(title);
        let html = format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
             <title>{title} – {}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n",
            escaped(kind)
        );
        Self { html }
    }

    /// HTML as it is.
    pub fn html(&mut self, html: &str) {
        self.html.push_str(html);
    }

    /// A paragraph.
    pub fn text(&mut self, text: &str) {
        self.line(format_args!("<p>{}</p>", escaped(text)));
    }

    /// A paragraph that mustn't be missed.
    pub fn warning(&mut self, text: &str) {
        self.line(format_args!("<p class=\"warning\">{}</p>", escaped(text)));
    }

    /// The figures that are seen first.
    pub fn tiles(&mut self, tiles: &[Tile]) {
        self.html("<div class=\"tiles\">\n");
        for Tile { name, value, is_gain } in tiles {
            let class = sign(*is_gain);
            self.line(format_args!("<div class=\"tile\"><span>{name}</span><b{class}>{}</b></div>", escaped(value)));
        }
        self.html("</div>\n");
    }

    /// A part with its heading. What is too wide for a narrow window scrolls within it, by keys too.
    pub fn section(&mut self, title: &str, inside: impl FnOnce(&mut Self)) {
        let title = escaped(title);
        self.line(format_args!("<section tabindex=\"0\" aria-label=\"{title}\">\n<h2>{title}</h2>"));
        inside(self);
        self.html("</section>\n");
    }

    /// Parts side by side, where there is room.
    pub fn side_by_side(&mut self, inside: impl FnOnce(&mut Self)) {
        self.html("<div class=\"pair\">\n");
        inside(self);
        self.html("</div>\n");
    }

    /// A picture (SVG) with what its colours mean and how to read it.
    pub fn picture(&mut self, title: &str, caption: &str, keys: &[Key], svg: &str) {
        self.section(title, |page| {
            if !caption.is_empty() {
                page.text(caption);
            }
            if !keys.is_empty() {
                let keys: String = keys.iter().map(|key| key.html()).collect();
                page.line(format_args!("<p class=\"keys\">{keys}</p>"));
            }
            page.html(svg);
        });
    }

    /// A table of names and values.
    pub fn table<Name: AsRef<str>>(&mut self, title: &str, rows: &[(Name, String)]) {
        self.section(title, |page| {
            page.html("<table>\n<tbody>\n");
            for (name, value) in rows {
                let (name, value) = (escaped(name.as_ref()), escaped(value));
                page.line(format_args!("<tr><th scope=\"row\">{name}</th><td>{value}</td></tr>"));
            }
            page.html("</tbody>\n</table>\n");
        });
    }

    /// A table whose first column names its rows, whose cells may be gains or losses.
    pub fn grid(&mut self, corner: &str, heads: &[&str], rows: &[(String, Vec<Cell>)]) {
        self.html("<table class=\"grid\">\n<thead><tr>");
        for head in std::iter::once(&corner).chain(heads) {
            self.html(&format!("<th scope=\"col\">{}</th>", escaped(head)));
        }
        self.html("</tr></thead>\n<tbody>\n");
        for (name, cells) in rows {
            self.html(&format!("<tr><th scope=\"row\">{}</th>", escaped(name)));
            for Cell { value, is_gain } in cells {
                self.html(&format!("<td{}>{}</td>", sign(*is_gain), escaped(value)));
            }
            self.html("</tr>\n");
        }
        self.html("</tbody>\n</table>\n");
    }

    /// The whole page.
    pub fn end(mut self, footer: &str) -> String {
        self.line(format_args!("<footer>{}</footer>\n</main>\n</body>\n</html>", escaped(footer)));
        self.html
    }

    fn line(&mut self, html: std::fmt::Arguments<'_>) {
        // Writing to a String can't fail.
        let _ = writeln!(self.html, "{html}");
    }
}

impl Key {
    fn html(self) -> String {
        let Self { colour, look, name } = self;
        let class = match look {
            Look::Line => "key",
            Look::Band => "key band",
            Look::Dashed => "key dashed",
        };
        format!("<span class=\"{class}\" style=\"--colour:var(--{colour})\"></span>{}", escaped(name))
    }
}

/// The class of a gain or a loss.
fn sign(is_gain: Option<bool>) -> &'static str {
    match is_gain {
        Some(true) => " class=\"gain\"",
        Some(false) => " class=\"loss\"",
        None => "",
    }
}
