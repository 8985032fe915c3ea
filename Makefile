# make help names the targets.
.DEFAULT_GOAL := help
SHELL := /bin/bash

help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | column -t -s "$$(printf '\t')"

bootstrap: ## Install what a build needs; names what and why
	@scripts/bootstrap build

build: bootstrap ## Build nante (debug)
	@scripts/build product

standin: bootstrap ## Build the stand-in Terraform provider, for machines without the registry
	@scripts/standin

demo: ## From a commit to a running app on three hosts, then its address
	@scripts/bootstrap demo
	@scripts/build product
	@scripts/standin --if-needed
	@scripts/demo

test: ## Install what the tests need, then run them all and the linters
	@scripts/bootstrap demo
	@scripts/bootstrap test
	@scripts/build tests
	@scripts/build standin-tests
	@scripts/test

terraform-test: ## Check the HCL and its examples with terraform; builds the stand-in provider where it is missing
	@scripts/terraform-test

lint: ## Check Swift, workflows and shell scripts
	@scripts/bootstrap test
	@scripts/lint

format: ## Format the Swift code
	@swift format --in-place --parallel --recursive Sources Tests Package.swift

reference: build ## Make docs/CLI.md of the commands
	@.build/debug/nante reference >docs/CLI.md

bench: ## Measure, and write docs/PERFORMANCE.md
	@scripts/bootstrap test
	@scripts/bench

clean: ## Remove what builds and the demo left in this folder; the lab is kept (nante lab reset)
	@rm -rf .build StandIns/TerraformProvider/.build dist demo .venv

.PHONY: help bootstrap build standin demo test terraform-test lint format reference bench clean
