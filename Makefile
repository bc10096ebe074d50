# Two commands: `make run` and `make test`. Each sets up what is missing first.

.PHONY: help setup run test bench deb deb-arm64 clean
.DEFAULT_GOAL := help

help: ## Show this
	@sed -n 's/^\([a-z0-9-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

setup: ## Install what is missing: Debian packages, the speech model
	@images/setup/packages build run
	@images/setup/toolchain
	@images/setup/models

run: setup ## Start the companion with the example home, page on http://127.0.0.1:8470
	@images/setup/run

# Tests are built with the dev profile, so the models are fetched by such a build too.
test: export PROFILE = dev
test: setup ## Run every check and test
	@images/setup/packages test
	@images/setup/test

bench: setup ## Measure: latency, throughput, memory, simulated days a second
	@cargo run --release --package omzien -- bench

deb: setup ## Make the Debian package for this machine and try it in a scratch system
	@images/deb/build

deb-arm64: setup ## Make the Debian package for the Raspberry Pi and start it under emulation
	@images/deb/build arm64

clean: ## Remove what was built; models and state stay
	@cargo clean
