package lab

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// The variables that carry a run's options into the specs' process.
const (
	varDir       = "RMQPROOF_RUN_DIR"
	varMode      = "RMQPROOF_MODE"
	varVersion   = "RMQPROOF_VERSION"
	varUpgradeTo = "RMQPROOF_UPGRADE_TO"
	varAlso      = "RMQPROOF_VERSIONS"
	varRerun     = "RMQPROOF_RERUN"
	varTitle     = "RMQPROOF_TITLE"
	varSeed      = "RMQPROOF_SEED"
	varKeep      = "RMQPROOF_KEEP"
	varLabels    = "RMQPROOF_LABELS"
)

// Environ gives the options and the filter as variables for FromEnviron.
func (o Options) Environ(labels string) []string {
	return []string{
		varDir + "=" + o.Dir, varMode + "=" + o.Mode, varVersion + "=" + o.Version, varUpgradeTo + "=" + o.UpgradeTo, varAlso + "=" + strings.Join(o.Also, " "), varRerun + "=" + o.Rerun, varTitle + "=" + o.Title,
		varSeed + "=" + strconv.FormatInt(o.Seed, 10), varKeep + "=" + strconv.FormatBool(o.Keep), varLabels + "=" + labels,
	}
}

// FromEnviron reads back what Environ gave.
func FromEnviron() (o Options, labels string, err error) {
	o = Options{Dir: os.Getenv(varDir), Mode: os.Getenv(varMode), Version: os.Getenv(varVersion), UpgradeTo: os.Getenv(varUpgradeTo), Also: strings.Fields(os.Getenv(varAlso)),
		Rerun: os.Getenv(varRerun), Title: os.Getenv(varTitle), Keep: os.Getenv(varKeep) == "true"}
	if o.Dir == "" {
		return o, "", fmt.Errorf("%s names no folder for the report: run the specs by `make e2e`", varDir)
	}
	o.Seed, err = strconv.ParseInt(os.Getenv(varSeed), 10, 64)
	return o, os.Getenv(varLabels), err
}
