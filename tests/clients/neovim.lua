-- Neovim as a client: diagnostics, hover, both kinds of actions, unsaved changes; see `run`.
local folder = vim.uv.fs_realpath(vim.env.PLIMSOLL_FOLDER)
local encoding, way = vim.env.PLIMSOLL_ENCODING, vim.env.PLIMSOLL_WAY

local function write(name, lines)
  vim.fn.mkdir(vim.fs.dirname(folder .. "/" .. name), "p")
  vim.fn.writefile(lines, folder .. "/" .. name)
end

local function check(truth, words)
  if not truth then
    print("not so: " .. words)
    print(vim.inspect(vim.diagnostic.get(0)))
    vim.cmd("cquit 1")
  end
end

local function wait(words, condition)
  check(vim.wait(20000, condition, 10), words)
end

write(".git/HEAD", {})
write("pod.yaml", {
  "apiVersion: v1",
  "kind: Pod",
  "metadata: {name: a}",
  "spec:",
  "  hostNetwork: true",
  "  containers:",
  '    - {name: c, image: "안녕 😀", securityContext: {privileged: true}}',
})

local capabilities = vim.lsp.protocol.make_client_capabilities()
capabilities.general.positionEncodings = { encoding }
-- Neovim asks for diagnostics, but not again when it is told to, and so they are pushed. It asks when the server
-- believes that it can be told to.
capabilities.workspace.diagnostics = { refreshSupport = way == "pull" }

vim.cmd.edit(folder .. "/pod.yaml")
local buffer = vim.api.nvim_get_current_buf()
local id = vim.lsp.start({
  name = "plimsoll",
  cmd = { vim.env.PLIMSOLL_BINARY, "server" },
  root_dir = folder,
  capabilities = capabilities,
  init_options = { select = { "host-network", "privileged-container", "host-pid", "host-ipc", "ignore-unused" } },
})
check(id, "the server starts")
local client = vim.lsp.get_client_by_id(id)

local function rules()
  local found = {}
  for _, it in ipairs(vim.diagnostic.get(buffer)) do
    found[it.code] = it
  end
  return found
end

wait("two diagnostics", function() return #vim.diagnostic.get(buffer) == 2 end)
check(client.offset_encoding == encoding, "the encoding is " .. encoding .. ", not " .. client.offset_encoding)
-- Neovim counts bytes, whatever was agreed on.
local line = vim.api.nvim_buf_get_lines(buffer, 6, 7, false)[1]
local privileged = rules()["privileged-container"]
check(line:sub(privileged.col + 1, privileged.end_col) == "true", "the place behind Korean and an emoji")
check(privileged.severity == vim.diagnostic.severity.ERROR, "the severity")

vim.api.nvim_win_set_cursor(0, { 7, privileged.col + 1 })
local params = vim.lsp.util.make_position_params(0, encoding)
local hover = client:request_sync("textDocument/hover", params, 10000, buffer)
check(hover.result.contents.value:find("# privileged-container", 1, true) == 1, "the hover")

-- Typing before and behind the place.
vim.api.nvim_buf_set_lines(buffer, 0, 0, false, { "# 새 줄 😀" })
wait("the place moves", function()
  local it = rules()["privileged-container"]
  return it and it.lnum == 7
end)
vim.api.nvim_buf_set_text(buffer, 7, privileged.col, 7, privileged.end_col, { "false" })
wait("one is mended", function() return #vim.diagnostic.get(buffer) == 1 end)
vim.api.nvim_buf_set_text(buffer, 7, privileged.col, 7, privileged.col + 5, { "true" })
wait("and broken again", function() return #vim.diagnostic.get(buffer) == 2 end)

local function act(title, row)
  vim.api.nvim_win_set_cursor(0, { row, 4 })
  vim.lsp.buf.code_action({
    apply = true,
    filter = function(action) return action.title == title end,
  })
end
act("Ignore host-network here", 6)
wait("a comment", function()
  return vim.api.nvim_buf_get_lines(buffer, 5, 6, false)[1] == "  # plimsoll: ignore[host-network]"
end)
wait("which silences", function() return #vim.diagnostic.get(buffer) == 1 end)

vim.api.nvim_win_set_cursor(0, { 9, privileged.col + 1 })
vim.lsp.buf.code_action({
  apply = true,
  filter = function(action) return action.title == "Ignore privileged-container in this file" end,
})
wait("a comment at the top", function()
  return vim.api.nvim_buf_get_lines(buffer, 0, 1, false)[1] == "# plimsoll: ignore-file[privileged-container]"
end)
wait("which silences, too", function() return #vim.diagnostic.get(buffer) == 0 end)

-- Two fixes that touch each other, found and made by a run: the editor asks for the edit when the action is chosen.
vim.api.nvim_buf_set_lines(buffer, 0, -1, false, {
  "# plimsoll: ignore-file[host-pid, host-ipc] nothing to silence",
  "apiVersion: v1",
  "kind: Pod",
  "metadata: {name: a}",
  "spec: {}",
})
if way == "push" then
  wait("an unused comment", function() return rules()["ignore-unused"] end)
else
  vim.wait(1000)
end
vim.lsp.buf.code_action({ apply = true, context = { only = { "source.fixAll" } } })
wait("everything is fixed", function()
  return vim.api.nvim_buf_get_lines(buffer, 0, 1, false)[1] == "apiVersion: v1"
end)

client:stop()
wait("the server ends", function() return client:is_stopped() end)
print("Neovim " .. tostring(vim.version()))
vim.cmd("qall!")
