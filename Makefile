# Everything runs through these targets; each does its own set-up.
LABELS  ?= !control
VERSION ?= 5.1.0
SEED    ?= 0
export RMQPROOF_INSTALL IMAGES

keep = $(if $(filter 1 true yes,$(KEEP)),--keep)

.PHONY: test lint e2e control up down doctor bench help
.DEFAULT_GOAL := help
SHELL := /bin/bash

help:
	@echo 'make test      all tests that need no cluster'
	@echo 'make lint      golangci-lint and deadcode, both silent when all is well'
	@echo 'make e2e       a real cluster, real faults, a verdict  [LABELS=smoke VERSION=5.1.0 SEED=n KEEP=1 IMAGES=auto|registry|packages]'
	@echo 'make control   a weak configuration that must be caught losing'
	@echo 'make up, down  the cluster alone'
	@echo 'make doctor    is this machine fit?'
	@echo 'make bench     the figures of the judge'

# beat runs a command that is silent while it works, and says every 8 s that it still does: $(call beat,what,command)
define beat
@( while sleep 8; do echo "  $(1): $$SECONDS s so far"; done ) & beat=$$!; trap 'kill $$beat' EXIT; $(2)
endef

bin/rmqproof: FORCE
	$(call beat,compile rmqproof,CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o $@ ./cmd/rmqproof)
FORCE:

test:
	$(call beat,compile and vet,go vet ./... && go vet -tags e2e ./suites && go vet -tags agent ./cmd/rmqproof)
	$(call beat,test,go test ./...)

# The tools have a module of their own, so that what they need is no dependency of the product.
lint:
	$(call beat,lint,go tool -modfile=internal/tools/go.mod golangci-lint run --build-tags e2e ./...)
	$(call beat,deadcode,dead=$$(go tool -modfile=internal/tools/go.mod deadcode -test -tags e2e ./cmd/rmqproof ./suites) && if [ -n "$$dead" ]; then echo "$$dead"; exit 1; fi)

e2e: bin/rmqproof
	bin/rmqproof e2e --labels '$(LABELS)' --version $(VERSION) --seed $(SEED) $(keep)

control: bin/rmqproof
	bin/rmqproof e2e --control --seed $(SEED) $(keep)

up down doctor: bin/rmqproof
	bin/rmqproof $@

bench:
	go test -run '^$$' -bench . -benchtime 1x -timeout 30m ./history ./verify
