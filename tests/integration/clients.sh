#!/usr/bin/env bash
# The language server with real clients: Neovim and VS Code's protocol library.
exec "$PLIMSOLL_ROOT/tests/clients/run" "$PLIMSOLL"
