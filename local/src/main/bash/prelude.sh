# Shared by ./run, ./test and ./bench: where things are, a JDK 25, and a build that is skipped when nothing changed.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../../.." && pwd)
started=$(date +%s%N)
cd "$root" || exit 1

# Prints a line with the time since the start.
say() {
  local ms=$(( ($(date +%s%N) - started) / 1000000 ))
  printf '[%6d.%d s] %s\n' $((ms / 1000)) $((ms % 1000 / 100)) "$*"
}

die() {
  printf '%s\n' "$*" >&2
  exit 1
}

is_jdk_25() {
  [ -x "$1/bin/javac" ] && "$1/bin/javac" -version 2>&1 | grep -q '^javac 25\b'
}

# Sets JAVA_HOME to a JDK 25: the one it names, or one in the usual places.
find_jdk() {
  local candidate
  for candidate in "${JAVA_HOME:-}" /usr/lib/jvm/*25* /opt/*jdk*25* "$HOME"/.sdkman/candidates/java/25* \
    "$HOME"/.jdks/*25* /Library/Java/JavaVirtualMachines/*25*/Contents/Home; do
    if [ -n "$candidate" ] && is_jdk_25 "$candidate"; then
      export JAVA_HOME=$candidate
      return
    fi
  done
  die "Dialplane needs a JDK 25 and found none in JAVA_HOME (${JAVA_HOME:-not set}) or the usual places.
Install one (for example Temurin 25: 'apt-get install temurin-25-jdk' with Adoptium's repository, or 'sdk install java 25-tem'),
or set JAVA_HOME to where it is."
}

java25() {
  "$JAVA_HOME/bin/java" --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
    -XX:+UseSerialGC -XX:TieredStopAtLevel=1 "$@"
}

# What a build depends on: every source's path, size and time, and the JDK.
build_fingerprint() {
  {
    "$JAVA_HOME/bin/java" -version 2>&1
    find pom.xml .mvn crds contracts audio operator agent-runtime gateway inference images local helm e2e \
      \( -name target -o -name components \) -prune -o \
      \( -path '*/src/main/*' -o -name pom.xml -o -name jvm.config \) -type f -printf '%p %s %T@\n' | sort
  } | sha256sum | cut -d' ' -f1
}

# Has etcd, kube-apiserver and kubectl built from source while Maven works, the first time. Whoever needs them waits for
# the lock that the build holds, and takes it over if this one is killed.
build_kubernetes_meanwhile() {
  if [ -z "${DIALPLANE_KUBERNETES:-}" ] &&
    ! compgen -G "${XDG_CACHE_HOME:-$HOME/.cache}/dialplane/kubernetes/*/kubectl" >/dev/null; then
    java25 local/src/main/java/dev/dialplane/local/components/ComponentsMain.java kubernetes >/dev/null &
  fi
}

# Begins to fetch the models named, all when none is, while other things are done; await_models waits for them.
fetch_models_meanwhile() {
  inference/models/fetch "$@" &
  models_pid=$!
}

await_models() {
  wait "$models_pid" || die "The local models are not all here; the lines above say why. './run --scripted' needs none."
}

# Packages every module without its tests, unless nothing changed since the last time.
build() {
  local stamp=target/build.stamp now
  now=$(build_fingerprint)
  if [ "$(cat "$stamp" 2>/dev/null)" = "$now" ]; then
    say "Built already: nothing changed."
    return
  fi
  say "Building with Maven (the first time a few minutes, downloads included) ..."
  mkdir -p target
  build_kubernetes_meanwhile
  if ! ./mvnw -B -q package -DskipTests >target/build.log 2>&1; then
    tail -n 60 target/build.log >&2
    die "The build failed; all of its output is in target/build.log."
  fi
  echo "$now" >"$stamp"
  say "Built."
}
