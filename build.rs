//! Makes what the binary carries for browsers out of `static/`: our scripts and styles made lean, those that are always
//! fetched together joined, everything compressed as well as can be, and each page asking for its parts at an address that
//! holds the digest of all files, so that a browser keeps a part for good and never shows parts of two versions together.
//!
//! A new file in an embedded folder is a reason to build again; without the lines for cargo only a changed one would be.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use sha2::{Digest, Sha256};

#[path = "src/assets/joined.rs"]
mod joined;

/// The scripts that are one file with all they import: what everybody needs at the door, and what who is in needs besides.
const JOINED: [&str; 2] = ["js/main.js", "js/views/home.js"];
/// The pages, which are asked for at an address of their own.
const PAGES: [&str; 2] = ["index.html", "docs.html"];
/// The folders that pages have their parts in.
const PARTS: [&str; 4] = ["js", "css", "vendor", "docs"];

/// A file by its path from the root, as browsers get it.
struct File {
    name: String,
    plain: Vec<u8>,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=static");
    println!("cargo:rerun-if-changed=src/assets/joined.rs");
    println!("cargo:rerun-if-changed=sql");
    // What `about` says: for which system, and how.
    println!(
        "cargo:rustc-env=MESSENGER_BUILD={}, {}",
        env::var("TARGET")?,
        env::var("PROFILE")?
    );
    let source = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("static");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let mut files = Vec::new();
    gather(&source, "", &mut files)?;
    files = with_scripts_joined(files)?;
    files.sort_by(|one, other| one.name.cmp(&other.name));
    let mut all = Sha256::new();
    for file in &files {
        all.update(format!("{} {}\n", file.name, file.plain.len()));
        all.update(&file.plain);
    }
    let digest = hex(&all.finalize(), 6);
    for page in PAGES {
        let at = files.iter().position(|file| file.name == page).ok_or(page)?;
        let text = with_styles_joined(&String::from_utf8(files[at].plain.clone())?, &mut files)?;
        files[at].plain = with_lasting_addresses(&text, &digest).into_bytes();
    }
    files.sort_by(|one, other| one.name.cmp(&other.name));
    let table = write(&out, &files, &digest)?;
    fs::write(out.join("assets.rs"), table)?;
    Ok(())
}

fn gather(folder: &Path, prefix: &str, files: &mut Vec<File>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let name = format!("{prefix}{name}");
        if path.is_dir() {
            gather(&path, &format!("{name}/"), files)?;
        } else {
            let plain = lean(&name, fs::read(&path)?);
            files.push(File { name, plain });
        }
    }
    Ok(())
}

/// Our own scripts and styles, and the API's description, without what only their readers in the repository need: comments
/// and indentation. Of scripts and styles that is an eighth of what a phone has to fetch before it shows anything.
fn lean(name: &str, file: Vec<u8>) -> Vec<u8> {
    let is_ours = name.starts_with("js/") || name.starts_with("css/") || name == "openapi.json";
    let Some(text) = std::str::from_utf8(&file).ok().filter(|_| is_ours) else {
        return file;
    };
    let mut out = String::with_capacity(text.len());
    let mut in_comment = false;
    for line in text.lines().map(str::trim_start) {
        in_comment = in_comment || line.starts_with("/*");
        if !in_comment && !line.is_empty() && !line.starts_with("//") {
            out.push_str(without_remark(line));
            out.push('\n');
        }
        in_comment = in_comment && !line.contains("*/");
    }
    out.into_bytes()
}

/// A line of code without the remark behind it. One with a quote in it stays: the slashes may stand in a text.
fn without_remark(line: &str) -> &str {
    match line.split_once(" // ") {
        Some((code, remark)) if code.ends_with([';', ',', '{', '}']) && !remark.contains(['"', '\'', '`']) => code,
        _ => line,
    }
}

fn with_scripts_joined(files: Vec<File>) -> Result<Vec<File>, Box<dyn std::error::Error>> {
    let is_module = |file: &File| file.name.starts_with("js/");
    let (modules, mut rest): (Vec<File>, Vec<File>) = files.into_iter().partition(is_module);
    let mut texts = BTreeMap::new();
    for File { name, plain } in modules {
        texts.insert(name, String::from_utf8(plain)?);
    }
    joined::join(&mut texts, &JOINED)?;
    rest.extend(texts.into_iter().map(|(name, text)| File {
        name,
        plain: text.into_bytes(),
    }));
    Ok(rest)
}

/// A page whose styles that follow each other are one file, which is added: small files cost more than what is in them.
fn with_styles_joined(page: &str, files: &mut Vec<File>) -> Result<String, String> {
    let style = |line: &str| {
        let (_, rest) = line.split_once("<link rel=\"stylesheet\" href=\"/")?;
        rest.split_once('"').map(|(name, _)| name.to_owned())
    };
    let lines: Vec<&str> = page.lines().collect();
    let mut out = String::with_capacity(page.len());
    for group in lines.chunk_by(|one, next| style(one).is_some() && style(next).is_some()) {
        let names: Vec<String> = group.iter().filter_map(|line| style(line)).collect();
        if names.len() < 2 {
            out.push_str(group[0]);
            out.push('\n');
            continue;
        }
        let mut plain = Vec::new();
        for name in &names {
            let file = files.iter().find(|file| file.name == *name);
            plain.extend_from_slice(&file.ok_or_else(|| format!("no {name}"))?.plain);
        }
        let stem = |name: &String| {
            Path::new(name)
                .file_stem()
                .map(|stem| stem.to_string_lossy().into_owned())
        };
        let name = format!(
            "css/{}.css",
            names.iter().filter_map(stem).collect::<Vec<_>>().join("-")
        );
        out.push_str(&format!("    <link rel=\"stylesheet\" href=\"/{name}\" />\n"));
        files.push(File { name, plain });
    }
    Ok(out)
}

/// A page that asks for its parts of this version, at `/assets/<digest>/`.
fn with_lasting_addresses(page: &str, digest: &str) -> String {
    PARTS.iter().fold(page.to_owned(), |page, part| {
        page.replace(&format!("\"/{part}/"), &format!("\"/assets/{digest}/{part}/"))
    })
}

/// Writes each file, and beside it the same compressed where that helps; the answer is the table of all in Rust.
fn write(out: &Path, files: &[File], digest: &str) -> io::Result<String> {
    let mut table = format!("const DIGEST: &str = {digest:?};\nconst FILES: &[File] = &[\n");
    for File { name, plain } in files {
        let path = out.join("static").join(name);
        fs::create_dir_all(path.parent().unwrap_or(out))?;
        fs::write(&path, plain)?;
        let included = |end: &str| format!("include_bytes!(concat!(env!(\"OUT_DIR\"), \"/static/{name}{end}\"))");
        let mut packed = Vec::new();
        zopfli::compress(
            zopfli::Options::default(),
            zopfli::Format::Gzip,
            plain.as_slice(),
            &mut packed,
        )?;
        // What hardly gets smaller (pictures) is sent as it is.
        let gzip = if packed.len() < plain.len() * 9 / 10 {
            fs::write(out.join("static").join(format!("{name}.gz")), &packed)?;
            format!("Some({})", included(".gz"))
        } else {
            "None".to_owned()
        };
        let etag = hex(&Sha256::digest(plain), 16);
        let line = format!(
            "    File {{ name: {name:?}, etag: {etag:?}, plain: {}, gzip: {gzip} }},",
            included("")
        );
        writeln!(table, "{line}").map_err(io::Error::other)?;
    }
    table.push_str("];\n");
    Ok(table)
}

fn hex(bytes: &[u8], count: usize) -> String {
    bytes.iter().take(count).map(|byte| format!("{byte:02x}")).collect()
}
