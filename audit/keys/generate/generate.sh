#!/bin/sh
# Regenerates keys.tsv from the published jars: sh audit/keys/generate/generate.sh
# Needs mvn (which reaches Maven Central), and java 17 or later. To add a version, add it below.
set -eu
versions="5.1.0 5.1.1 5.1.4 5.2.0 5.3.3 5.4.0 5.5.0"
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

dependency() {
  echo "<dependency><groupId>org.apache.rocketmq</groupId><artifactId>rocketmq-$1</artifactId><version>$2</version></dependency>"
}
fetch() {
  version=$1
  shift
  {
    echo "<project><modelVersion>4.0.0</modelVersion><groupId>keys</groupId><artifactId>keys</artifactId><version>1</version>"
    echo "<packaging>pom</packaging><dependencies>"
    for artifact in "$@"; do dependency "$artifact" "$version"; done
    echo "</dependencies></project>"
  } > "$work/pom.xml"
  mvn -q -B -f "$work/pom.xml" dependency:copy-dependencies -DoutputDirectory="$work/jars/$version"
}
for version in $versions; do
  # Some releases lack the proxy or the tiered store on Maven Central; the servers are always there.
  fetch "$version" broker namesrv controller proxy tiered-store || fetch "$version" broker namesrv controller
done
keys() { java -Duser.home='~' -XX:ActiveProcessorCount="$1" "$here/Keys.java" "$work/jars" $2 2> "$work/log"; }
keys 3 "" > "$work/first.tsv"
keys 7 "$work/first.tsv" > "$here/../keys.tsv"
echo "wrote $(wc -l < "$here/../keys.tsv") rows to keys.tsv"
