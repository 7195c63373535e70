#!/usr/bin/env bash
# The first hour of a new user, timed: installs the program, takes CSV files that
# it has never seen (tips and gapminder of plotly, seattle-weather of
# vega_datasets), and comes to a live model, an alarm at a webhook and the page in
# a browser.
#
#   test/hour/run.sh
#
# With SML_BINARY nothing is installed. SML_TRIMPATH= installs without -trimpath, which
# would compile everything anew. Needs go, python3 and curl; installs
# chromium by apt-get when it is missing, and the data by pip into an environment
# of its own.
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(cd "$HERE/../.." && pwd)
WORK=$(mktemp -d)
TRIM=${SML_TRIMPATH--trimpath}
PIDS=()

cleanup() {
	local pid
	for pid in "${PIDS[@]}"; do kill "$pid" 2>/dev/null || true; done
	for pid in "${PIDS[@]}"; do while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done; done
	rm -rf "$WORK"
}
trap cleanup EXIT

die() {
	echo "hour: $*" >&2
	exit 1
}

# step NAME COMMAND... says what it does and how long that took.
step() {
	local name=$1 began=$SECONDS
	shift
	"$@" || die "$name failed"
	printf '%4d s  %s\n' $((SECONDS - began)) "$name"
}

# until_true WHAT COMMAND... waits up to two minutes.
until_true() {
	local what=$1 i
	shift
	for ((i = 0; i < 1200; i++)); do
		if "$@" >/dev/null 2>&1; then return 0; fi
		sleep 0.1
	done
	die "$what: not within two minutes"
}

free_port() {
	python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

install_program() {
	if [ -n "${SML_BINARY:-}" ]; then
		SML=$SML_BINARY
		return
	fi
	(cd "$ROOT" && GOBIN="$WORK/bin" go install $TRIM -ldflags "-s -w" ./cmd/rpconnect-sml)
	SML=$WORK/bin/rpconnect-sml
}

fetch_data() {
	python3 -m venv "$WORK/venv"
	"$WORK/venv/bin/pip" install -q --no-deps plotly==7.1.0 vega_datasets==0.9.0
	"$WORK/venv/bin/python" - "$WORK" <<-'DATA'
		import glob, gzip, shutil, sys
		site = glob.glob(sys.argv[1] + "/venv/lib/*/site-packages")[0]
		for name in ("tips", "gapminder"):
		    with gzip.open(f"{site}/plotly/package_data/datasets/{name}.csv.gz") as source, open(f"{sys.argv[1]}/{name}.csv", "wb") as out:
		        shutil.copyfileobj(source, out)
		shutil.copy(f"{site}/vega_datasets/_data/seattle-weather.csv", sys.argv[1])
	DATA
	if ! command -v chromium >/dev/null; then
		apt-get update -qq
		DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null
	fi
}

# webhook keeps what is posted to it.
webhook() {
	HOOK=$(free_port)
	python3 - "$HOOK" "$WORK/posted" <<-'HOOK' &
		import http.server, sys
		class Keep(http.server.BaseHTTPRequestHandler):
		    def do_POST(self):
		        with open(sys.argv[2], "ab") as out:
		            out.write(self.rfile.read(int(self.headers["Content-Length"])) + b"\n")
		        self.send_response(200)
		        self.end_headers()
		    def log_message(self, *args):
		        pass
		http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Keep).serve_forever()
	HOOK
	PIDS+=($!)
}

# page opens a project in a browser and looks for its name in what is shown.
page() {
	chromium --headless --no-sandbox --disable-gpu --user-data-dir="$WORK/chromium" --virtual-time-budget=8000 --dump-dom "$1" 2>/dev/null >"$WORK/dom.html"
	grep -q "$2" "$WORK/dom.html"
}

# alarm is all that the user edits: the alarm goes to a webhook in place of the log.
# Detector and threshold are those that init has chosen.
alarm() {
	sed -i -e "s#- log: .*unusual row.*#- http: { url: 'http://127.0.0.1:$HOOK/alarm', verb: POST }#" pipeline.yaml
	grep -q "$HOOK" pipeline.yaml
	"$SML" lint pipeline.yaml
}

# first_hour FILE TARGET OUTLIER is the way from a file to an alarm.
first_hour() {
	local name=$1 target=$2 outlier=$3 port rows pid
	mkdir "$WORK/$name-user"
	cd "$WORK/$name-user"
	cp "$WORK/$name.csv" .
	rows=$(($(grep -c . "$name.csv") - 1))
	port=$(free_port)
	echo "$name: $rows rows"
	step "preview" "$SML" preview "$name.csv" >preview.txt
	cat preview.txt
	step "init" "$SML" init --input "$name.csv" --target "$target" --project first --page "127.0.0.1:$port"
	step "alarm to a webhook" alarm
	step "test" "$SML" test pipeline.yaml
	tail -c 1 "$name.csv" | grep -q . && echo >>"$name.csv"
	echo "$outlier" >>"$name.csv"
	: >"$WORK/posted"
	"$SML" run pipeline.yaml >run.log 2>&1 &
	pid=$!
	PIDS+=("$pid")
	step "rows learned" until_true "$((rows + 1)) rows" grep_rows "$port" $((rows + 1))
	step "alarm received" until_true "the alarm" grep -q 99999 "$WORK/posted"
	step "model" grep_model "$port"
	step "page in Chromium" page "http://127.0.0.1:$port/sml/" first
	kill "$pid"
	while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
}

grep_rows() { curl -sf "http://127.0.0.1:$1/sml/projects/first" | grep -q "\"rows\":$2\b"; }
grep_model() { curl -sf "http://127.0.0.1:$1/sml/projects/first/models/prediction" | grep -q '"type"'; }

step "install" install_program
step "data and browser" fetch_data
webhook
first_hour tips tip '99999.5,99,Male,No,Sun,Dinner,2'
first_hour gapminder lifeExp 'Nowhere,Asia,2007,1,99999,99999999,XXX,1,0,0'
first_hour seattle-weather temp_max '2016/01/01,99999.5,99,99,99,sun'
echo "the first hour took $SECONDS s"
[ "$SECONDS" -lt 3600 ]
