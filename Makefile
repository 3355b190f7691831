# The one list of commands. Each is a readable script in scripts/.
.PHONY: help run test lint bench soak package format notices bindings
.DEFAULT_GOAL := help

help: ## This list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

run: ## Install what is missing, build, and open the window on the sample database
	@scripts/run

test: ## Run every test: Rust against real servers, UI, end to end in the real window
	@scripts/test

lint: ## Formatting, clippy, TypeScript, licences, scripts, generated files
	@scripts/lint

bench: ## Measure against what you would use instead; prints ratios
	@scripts/bench

soak: ## Twenty minutes of faults by a fast clock; nothing may be left behind
	@scripts/soak

package: ## Build a .deb, and prove that it installs, starts and uninstalls cleanly
	@scripts/package

format: ## Format Rust and TypeScript
	@scripts/format

notices: ## Write THIRD-PARTY-NOTICES.md anew
	@scripts/notices

bindings: ## Write ui/src/ipc/bindings.ts anew from the commands in Rust
	@scripts/bindings
