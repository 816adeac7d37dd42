-- What docs/editors.md tells users of Neovim to write, word for word.
local folder = vim.uv.fs_realpath(vim.env.PLIMSOLL_FOLDER)
local words = table.concat(vim.fn.readfile(vim.env.PLIMSOLL_DOCS .. "/editors.md"), "\n")
local written = assert(words:match("\n## Neovim.-```lua\n(.-)```"), "the lines for Neovim")

vim.fn.mkdir(folder .. "/.git")
vim.fn.writefile({ "kind: Pod", "apiVersion: v1", "spec: {hostNetwork: true}" }, folder .. "/pod.yaml")
vim.cmd("filetype on")
assert(load(written))()
vim.cmd.edit(folder .. "/pod.yaml")
local is_found = vim.wait(20000, function()
  return vim.iter(vim.diagnostic.get(0)):any(function(it) return it.code == "host-network" end)
end, 10)
if not is_found then
  print("nothing is found: " .. vim.inspect(vim.lsp.get_clients()))
  vim.cmd("cquit 1")
end
local root = vim.lsp.get_clients({ bufnr = 0 })[1].root_dir
assert(root == folder, "the folder is the repository, not " .. tostring(root))
vim.cmd("qall!")
