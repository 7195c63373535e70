// Writes a pipeline with a wide project: 300 attributes and 100 models, three of
// which are evaluated or a pool, learned from rows that are drawn, so many a second.
//
//   node wide.mjs ADDRESS ROWS_PER_SECOND > wide.yaml
//
// Attributes are eight latent numbers with noise, so that there is something to find;
// "quality" is a class, "line" a category and "output" a number of them.
const [address = "127.0.0.1:4196", rate = "200"] = process.argv.slice(2);
const numbers = 296, models = 100;
const name = (i) => "a" + String(i).padStart(3, "0");
// draw is about normal. Each place has seeds of its own: with the same one, all of them
// would draw the same numbers.
let seed = 0;
const one = () => `random_int(seed: ${++seed}, min: 0, max: 1000)`;
const draw = () => `((${one()} + ${one()} + ${one()}) / 500.0 - 3)`;

const mapping = [];
for (let k = 0; k < 8; k++) mapping.push(`let z${k} = ${draw()}`);
mapping.push("root.output = 20 + 3 * $z0 - 2 * $z1 + $z2 * $z2 + " + draw());
mapping.push('root.quality = if $z0 + $z3 + 0.8 * ' + draw() + ' > 1.2 { "bad" } else if $z1 > 1 { "fair" } else { "good" }');
mapping.push('root.line = if $z2 > 0.5 { "north" } else if $z2 < -0.7 { "south" } else { "west" }');
mapping.push("root.hot = $z4 + 0.5 * " + draw() + " > 0.8");
for (let i = 1; i <= numbers; i++) {
  const weight = (0.2 + 0.8 * ((i * 37) % 100) / 100).toFixed(2);
  const noise = i % 10 === 0 ? `(if random_int(seed: ${++seed}, min: 0, max: 999) == 0 { 40.0 } else { ${draw()} })` : draw();
  mapping.push(`root.${name(i)} = (${i} + ${weight} * $z${i % 8} + ${(1.1 - weight).toFixed(2)} * ${noise})`);
}

const some = (from, step, n) => Array.from({ length: n }, (_, k) => name(1 + (from + k * step) % numbers));
const list = (names) => "[" + names.join(", ") + "]";
const defined = [];
for (let i = 0; i < models; i++) {
  const n = 3 + (i * 7) % 30, inputs = list(some(i * 11, 1 + i % 5, n));
  const id = String(i).padStart(2, "0");
  if (i === 97) defined.push("{ name: quality_97, type: pool, target: quality, options: { members: [ quality_05, quality_09, quality_13, quality_17 ], half_life: 2000 } }");
  else if (i % 4 === 0) defined.push(`{ name: output_${id}, type: ols, target: output, inputs: ${inputs} }`);
  else if (i % 4 === 1) defined.push(`{ name: quality_${id}, type: naive_bayes, target: quality, inputs: ${inputs} }`);
  else if (i % 4 === 2) defined.push(`{ name: unusual_${id}, type: mahalanobis, inputs: ${inputs} }`);
  else defined.push(`{ name: ridge_${id}, type: ridge, target: output, inputs: ${inputs} }`);
}
const indent = (text, n) => text.split("\n").map((l) => " ".repeat(n) + l).join("\n");
const read = (verb, path, more) => `
        - http_server:
            path: ${path}{rest:(?s:.*)}
            ws_path: ""
            allowed_verbs: [ ${verb} ]
            timeout: 30s
            sync_response:
              status: '\${! @status.or("200") }'
              headers: { Content-Type: '\${! @content_type.or("application/json") }' }
              metadata_headers: { include_prefixes: [ Allow, Cache-Control, Content-Security-Policy, Location, X-Content-Type-Options ] }
          processors:
            - sml_http: { cache: wide_state${more} }
            - sync_response: {}
            - mapping: root = deleted()`;

console.log(`http: { address: ${address} }
logger: { level: ERROR }
cache_resources:
  - label: wide_state
    memory: {}
input:
  broker:
    inputs:
        - generate:
            interval: 1s
            batch_size: ${rate}
            mapping: |
${indent(mapping.join("\n"), 14)}
          processors:
            - sml_score: { project: wide, cache: wide_state, model: output_04, evaluate: { enabled: true } }
            - sml_score: { project: wide, cache: wide_state, model: quality_05, evaluate: { enabled: true, window: 5000 } }
            - sml_score: { project: wide, cache: wide_state, model: quality_97 }
            - sml_score: { project: wide, cache: wide_state, model: unusual_06 }
            - sml_incidents:
                project: wide
                cache: wide_state
                name: lines
                key: '\${! json("line") }'
                alarm: root = this.sml.unusual_06.is_anomaly
                score: root = this.sml.unusual_06.score
                blame: root = this.sml.unusual_06.contributions
                open: { alarms: 2, rows: 100 }
                close: { rows: 60 }
            - sml_learn:
                project: wide
                cache: wide_state
                conditional_bins: 32
                window: { period: 1m, tiles: 6, beside: true }
                models:
${indent(defined.map((d) => "- " + d).join("\n"), 18)}
            - mapping: root = deleted()${read("GET", "/sml/", "")}${read("POST", "/sml-write/", ", writable: true")}
output: { drop: {} }`);
