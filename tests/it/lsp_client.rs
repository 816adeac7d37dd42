//! A small client of the language server, which speaks to the binary as an editor does.

use std::{
    collections::{HashMap, VecDeque},
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

/// Longer than anything takes on a busy machine.
const LONG: Duration = Duration::from_secs(10);

/// A running server and what it said.
pub(crate) struct Client {
    child: Child,
    input: Option<ChildStdin>,
    heard: Receiver<Value>,
    /// Notifications nobody has waited for yet.
    kept: VecDeque<Value>,
    next: i64,
    /// What `workspace/configuration` is answered with.
    pub(crate) settings: Value,
    /// The last diagnostics pushed for each URI.
    pub(crate) pushed: HashMap<String, Value>,
    /// How often the server asked to be asked again.
    pub(crate) refreshes: usize,
    /// Requests of the server, by method.
    pub(crate) asked: Vec<Value>,
}

/// The URI of a file in a folder.
pub(crate) fn uri(folder: &Path, file: &str) -> String {
    format!("file://{}", folder.join(file).display()).replace(' ', "%20")
}

/// What a client says that shows everything, in UTF-16.
pub(crate) fn full() -> Value {
    json!({
        "general": {"positionEncodings": ["utf-16"]},
        "textDocument": {
            "publishDiagnostics": {
                "relatedInformation": true, "codeDescriptionSupport": true, "dataSupport": true,
                "tagSupport": {"valueSet": [1, 2]}, "versionSupport": true,
            },
            "hover": {"contentFormat": ["markdown", "plaintext"]},
            "codeAction": {"isPreferredSupport": true},
        },
        "workspace": {"workspaceEdit": {"documentChanges": true}},
    })
}

/// The same, and it asks for diagnostics.
pub(crate) fn pulling() -> Value {
    let mut full = full();
    full["textDocument"]["diagnostic"] = json!({"dynamicRegistration": true});
    full["workspace"]["diagnostics"] = json!({"refreshSupport": true});
    full
}

/// All of a document.
pub(crate) fn whole() -> Value {
    json!({"start": {"line": 0, "character": 0}, "end": {"line": 999, "character": 0}})
}

/// The parameters by which actions of these kinds in a range are asked for.
pub(crate) fn actions_in(uri: &str, range: &Value, only: &Value) -> Value {
    let context = json!({"diagnostics": [], "only": only});
    json!({"textDocument": {"uri": uri}, "range": range, "context": context})
}

impl Client {
    /// A server that was not told anything.
    pub(crate) fn start(folder: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
            .args(["server", "--stdio"])
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let input = child.stdin.take();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let (said, heard) = channel();
        thread::spawn(move || {
            while let Some(message) = read(&mut output) {
                if said.send(message).is_err() {
                    return;
                }
            }
        });
        Self {
            child,
            input,
            heard,
            kept: VecDeque::new(),
            next: 0,
            settings: Value::Null,
            pushed: HashMap::new(),
            refreshes: 0,
            asked: Vec::new(),
        }
    }

    /// A server for `folder` and a client of these abilities; `options` are its settings.
    pub(crate) fn open(folder: &Path, abilities: &Value, options: &Value) -> Self {
        let mut client = Self::start(folder);
        let root = uri(folder, "").trim_end_matches('/').to_owned();
        client.initialize(&json!([{"uri": root, "name": "test"}]), abilities, options);
        client
    }

    /// Says `initialize` and `initialized`; gives the answer.
    pub(crate) fn initialize(&mut self, folders: &Value, abilities: &Value, options: &Value) -> Value {
        let answer = self.request(
            "initialize",
            json!({
                "processId": null, "rootUri": null, "capabilities": abilities,
                "workspaceFolders": folders, "initializationOptions": options,
            }),
        );
        self.notify("initialized", json!({}));
        answer
    }

    /// Sends bytes as they are.
    pub(crate) fn raw(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().unwrap();
        // The server may be gone already.
        let _ = input.write_all(bytes).and_then(|()| input.flush());
    }

    fn send(&mut self, message: &Value) {
        let body = message.to_string();
        self.raw(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
    }

    /// Sends a notification.
    #[expect(clippy::needless_pass_by_value, reason = "messages are written where they are sent")]
    pub(crate) fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    /// Sends a request and gives its id.
    #[expect(clippy::needless_pass_by_value, reason = "messages are written where they are sent")]
    pub(crate) fn ask(&mut self, method: &str, params: Value) -> i64 {
        self.next += 1;
        self.send(&json!({"jsonrpc": "2.0", "id": self.next, "method": method, "params": params}));
        self.next
    }

    /// The result of a request.
    pub(crate) fn request(&mut self, method: &str, params: Value) -> Value {
        let id = self.ask(method, params);
        let answer = self.answer(id);
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].clone()
    }

    /// `rule@line:character` of each diagnostic of `uri`, asked for.
    pub(crate) fn pull(&mut self, uri: &str) -> Vec<String> {
        let ask = json!({"textDocument": {"uri": uri}});
        places(&self.request("textDocument/diagnostic", ask)["items"])
    }

    /// The actions of these kinds in a range.
    pub(crate) fn actions(&mut self, uri: &str, range: &Value, only: &Value) -> Vec<Value> {
        let actions = self.request("textDocument/codeAction", actions_in(uri, range, only));
        actions.as_array().unwrap().clone()
    }

    /// The code of the error that a request comes to.
    pub(crate) fn error(&mut self, method: &str, params: Value) -> i64 {
        let id = self.ask(method, params);
        self.answer(id)["error"]["code"].as_i64().expect("an error")
    }

    /// The answer to the request `id`.
    pub(crate) fn answer(&mut self, id: i64) -> Value {
        loop {
            let message = self.hear(LONG).unwrap_or_else(|| panic!("no answer to request {id}"));
            if message.get("id").and_then(Value::as_i64) == Some(id) && message.get("method").is_none() {
                return message;
            }
            self.kept.push_back(message);
        }
    }

    /// The next message, requests of the server answered on the way.
    fn hear(&mut self, patience: Duration) -> Option<Value> {
        let until = Instant::now() + patience;
        loop {
            let message = match self.heard.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(message) => message,
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return None,
            };
            let method = message["method"].as_str().unwrap_or_default().to_owned();
            if let (Some(id), false) = (message.get("id"), method.is_empty()) {
                self.refreshes += usize::from(method == "workspace/diagnostic/refresh");
                let result = match method.as_str() {
                    "workspace/configuration" => json!([self.settings]),
                    _ => Value::Null,
                };
                self.send(&json!({"jsonrpc": "2.0", "id": id, "result": result}));
                self.asked.push(message);
                continue;
            }
            if method == "textDocument/publishDiagnostics" {
                let uri = message["params"]["uri"].as_str().unwrap().to_owned();
                self.pushed.insert(uri, message["params"].clone());
            }
            return Some(message);
        }
    }

    /// Hears until `is_there`; panics when it never is.
    pub(crate) fn until(&mut self, what: &str, mut is_there: impl FnMut(&Self) -> bool) {
        let end = Instant::now() + LONG;
        while !is_there(self) {
            assert!(Instant::now() < end, "{what} never came; pushed: {:#?}", self.pushed);
            if let Some(message) = self.hear(Duration::from_millis(50)) {
                self.kept.push_back(message);
            }
        }
    }

    /// Hears for a while.
    pub(crate) fn listen(&mut self, while_: Duration) {
        let end = Instant::now() + while_;
        while let Some(left) = end.checked_duration_since(Instant::now()) {
            if let Some(message) = self.hear(left) {
                self.kept.push_back(message);
            }
        }
    }

    /// The words of the messages that the user was shown so far.
    pub(crate) fn shown(&self) -> Vec<String> {
        let shown = self.kept.iter().filter(|message| message["method"] == "window/showMessage");
        shown.map(|message| message["params"]["message"].as_str().unwrap().to_owned()).collect()
    }

    /// Opens a document.
    pub(crate) fn did_open(&mut self, uri: &str, text: &str) {
        let document = json!({"uri": uri, "languageId": "yaml", "version": 1, "text": text});
        self.notify("textDocument/didOpen", json!({"textDocument": document}));
    }

    /// Changes a document to `text`, as a whole.
    pub(crate) fn did_change(&mut self, uri: &str, version: i64, text: &str) {
        self.changes(uri, version, &json!([{"text": text}]));
    }

    /// Changes a document.
    pub(crate) fn changes(&mut self, uri: &str, version: i64, changes: &Value) {
        let document = json!({"uri": uri, "version": version});
        self.notify("textDocument/didChange", json!({"textDocument": document, "contentChanges": changes}));
    }

    /// `rule@line:character` of each diagnostic that was pushed last for `uri`.
    pub(crate) fn rules(&self, uri: &str) -> Vec<String> {
        self.pushed.get(uri).map(|it| places(&it["diagnostics"])).unwrap_or_default()
    }

    /// Waits until the pushed diagnostics for `uri` are these.
    pub(crate) fn until_rules(&mut self, uri: &str, expected: &[&str]) {
        let what = format!("{expected:?} in {uri}");
        self.until(&what, |client| client.pushed.contains_key(uri) && client.rules(uri) == expected);
    }

    /// Closes the input and gives the exit code.
    pub(crate) fn close(mut self) -> Option<i32> {
        self.input = None;
        self.wait()
    }

    /// Leaves as the protocol wants it.
    pub(crate) fn leave(mut self) -> Option<i32> {
        assert_eq!(self.request("shutdown", Value::Null), Value::Null);
        self.notify("exit", Value::Null);
        self.wait()
    }

    /// The exit code; panics when the server does not end.
    pub(crate) fn wait(&mut self) -> Option<i32> {
        let end = Instant::now() + LONG;
        while Instant::now() < end {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            thread::sleep(Duration::from_millis(5));
        }
        panic!("the server does not end");
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `rule@line:character` of each diagnostic.
pub(crate) fn places(diagnostics: &Value) -> Vec<String> {
    let place = |it: &Value| {
        let start = &it["range"]["start"];
        format!("{}@{}:{}", it["code"].as_str().unwrap_or("?"), start["line"], start["character"])
    };
    diagnostics.as_array().map(|all| all.iter().map(place).collect()).unwrap_or_default()
}

/// The part of `text` in a range of UTF-16 units, by a way of its own.
pub(crate) fn slice(text: &str, range: &Value) -> String {
    let offset = |position: &Value| utf16_offset(text, position);
    text[offset(&range["start"])..offset(&range["end"])].to_owned()
}

fn utf16_offset(text: &str, position: &Value) -> usize {
    let number = |name: &str| usize::try_from(position[name].as_u64().unwrap()).unwrap();
    let line = text.split_inclusive('\n').take(number("line")).map(str::len).sum::<usize>();
    let mut units = 0;
    for (at, c) in text[line..].char_indices() {
        if units >= number("character") {
            return line + at;
        }
        units += c.len_utf16();
    }
    text.len()
}

/// `text` after the edits that an action of `uri` makes in it.
pub(crate) fn applied(text: &str, action: &Value, uri: &str) -> String {
    let changes = action["edit"]["documentChanges"].as_array().unwrap();
    let own = changes.iter().filter(|change| change["textDocument"]["uri"] == uri);
    let mut edits: Vec<Value> = own.flat_map(|it| it["edits"].as_array().unwrap().clone()).collect();
    edits.sort_by_key(|edit| std::cmp::Reverse(utf16_offset(text, &edit["range"]["start"])));
    let mut text = text.to_owned();
    for edit in edits {
        let range = utf16_offset(&text, &edit["range"]["start"])..utf16_offset(&text, &edit["range"]["end"]);
        text.replace_range(range, edit["newText"].as_str().unwrap());
    }
    text
}

fn read(input: &mut impl BufRead) -> Option<Value> {
    let mut size = 0;
    loop {
        let mut line = String::new();
        if input.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if line.trim().is_empty() {
            break;
        }
        if let Some(length) = line.strip_prefix("Content-Length: ") {
            size = length.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; size];
    input.read_exact(&mut body).ok()?;
    Some(serde_json::from_slice(&body).unwrap())
}
