# Everything runs through these targets; each does its own set-up. make turns every failure into its own exit code 2:
# where the difference between violated (1) and inconclusive (2) matters, call bin/rmqproof.
LABELS  ?=
VERSION ?= 5.1.0
SEED    ?= 0
KILLS   ?= 38
VICTIM  ?= runner,helper,agent
MODE    ?=
export RMQPROOF_INSTALL IMAGES

# The same for every target, so that what one compiled serves all others.
export CGO_ENABLED = 0
export GOFLAGS := -trimpath -buildvcs=false

in      = $(if $(MODE),--mode $(MODE))
options = --version $(VERSION) --seed $(SEED) $(if $(filter 1 true yes,$(KEEP)),--keep)

.PHONY: test test-brokers lint deadcode e2e control repro repro-all faults-selftest chaos-selftest up down recover plan doctor bench help
.DEFAULT_GOAL := help
SHELL := /bin/bash

help:
	@echo 'make test      all tests that need neither a cluster nor a broker'
	@echo 'make test-brokers  the tests of the thin client against real brokers, without Kubernetes'
	@echo 'make lint      golangci-lint, silent when all is well'
	@echo 'make deadcode  what only unit tests reach, silent when all is well'
	@echo 'make e2e       a real cluster, real faults, a verdict  [LABELS=smoke MODE=controller VERSION=5.1.0 SEED=n KEEP=1 IMAGES=auto|registry|packages]'
	@echo 'make control   the negative controls: what must be caught'
	@echo 'make repro     a known bug of RocketMQ, red on one version and green on another  [BUG=6570|all]'
	@echo 'make repro-all  all of them'
	@echo 'make faults-selftest  no fault is confirmed where nothing is done, and each where it is done, on a real cluster'
	@echo 'make chaos-selftest   during each fault somebody is killed at a random moment, and all is restored  [KILLS=38 VICTIM=runner,helper,agent SEED=n]'
	@echo 'make plan      every scenario, what it needs and how long it takes'
	@echo 'make up, down  the cluster alone'
	@echo 'make recover   heal what a killed run left'
	@echo 'make doctor    is this machine fit?'
	@echo 'make bench     the figures of the judge'

# heartbeat runs a command that is silent while it works, and says every 8 s that it still does: $(call heartbeat,what,command)
define heartbeat
@( while sleep 8; do echo "  $(1): $$SECONDS s so far"; done ) & still=$$!; trap 'kill $$still' EXIT; $(2)
endef

bin/rmqproof: FORCE
	$(call heartbeat,compile rmqproof,go build -ldflags '-s -w' -o $@ ./cmd/rmqproof)
bin/suites.test: FORCE
	$(call heartbeat,compile the specs,go test -c -vet=off -tags e2e -ldflags '-s -w' -o $@ ./suites)
FORCE:

test:
	$(call heartbeat,compile and vet,go vet ./... && go vet -tags e2e ./suites && go vet -tags agent ./cmd/rmqproof)
	$(call heartbeat,test,go test -short ./...)

# The thin client and the scan against real brokers: RocketMQ's jars come from the image cache that make e2e fills.
test-brokers:
	$(call heartbeat,test with real brokers,go test -count=1 -timeout 30m -run TestReal ./workload/...)

# The tools have a module of their own, so that what they need is no dependency of the product.
lint:
	$(call heartbeat,lint,go tool -modfile=internal/tools/go.mod golangci-lint run --build-tags e2e ./...)
	$(call heartbeat,compile for macOS,GOOS=darwin GOARCH=arm64 go vet -tags e2e ./cmd/rmqproof ./suites)

# What neither the product nor a spec reaches.
deadcode:
	$(call heartbeat,deadcode,dead=$$(go tool -modfile=internal/tools/go.mod deadcode -test -tags e2e ./cmd/rmqproof ./suites) && if [ -n "$$dead" ]; then echo "$$dead"; exit 1; fi)

# A wrong filter ends before anything is made; then the specs compile beside the images.
e2e: bin/rmqproof
	@bin/rmqproof plan --version $(VERSION) $(in) $(if $(LABELS),--labels '$(LABELS)') > /dev/null
	@bin/rmqproof images build --version $(VERSION) > /dev/null & images=$$!; trap 'kill $$images 2> /dev/null' EXIT; \
	$(MAKE) --no-print-directory bin/suites.test && wait $$images && trap - EXIT
	bin/rmqproof e2e --specs bin/suites.test $(in) $(if $(LABELS),--labels '$(LABELS)') $(options)

control: bin/rmqproof
	bin/rmqproof e2e --control $(options)

# make repro BUG=6570; make repro BUG=all
repro: bin/rmqproof
	bin/rmqproof repro $(BUG) $(if $(filter 1 true yes,$(KEEP)),--keep)

# Every known bug, red and green.
repro-all: bin/rmqproof
	bin/rmqproof repro all $(if $(filter 1 true yes,$(KEEP)),--keep)

# Each kind of fault on a real cluster: none is confirmed where nothing is done, and each bites, spares the others and leaves nothing;
# then its runner, the helper or the agent is killed, in a pass each of KILLS faults.
faults-selftest: bin/rmqproof
	bin/rmqproof selftest --inert --bite $(if $(filter 1 true yes,$(KEEP)),--keep)

chaos-selftest: bin/rmqproof
	bin/rmqproof selftest --kills $(KILLS) --victim $(VICTIM) --seed $(SEED) $(if $(filter 1 true yes,$(KEEP)),--keep)

up down recover doctor plan: bin/rmqproof
	bin/rmqproof $@

bench:
	go test -run '^$$' -bench . -benchtime 1x -timeout 30m ./history ./verify/...
