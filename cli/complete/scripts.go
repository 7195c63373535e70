package complete

// hidden is the name of the command that scripts call.
const hidden = "__complete"

// scripts by shell. Where nothing is found they complete names of files.
var scripts = map[string]string{
	"bash": `# Put this into ~/.bashrc:  source <(rpconnect-sml completion bash)
_rpconnect_sml() {
	COMPREPLY=()
	local found
	while IFS= read -r found; do COMPREPLY+=("$(printf '%q' "$found")"); done < <("$1" ` + hidden + ` -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _rpconnect_sml rpconnect-sml
`,
	"zsh": `#compdef rpconnect-sml
# Put this into ~/.zshrc, after compinit:  source <(rpconnect-sml completion zsh)
_rpconnect_sml() {
	local -a found
	found=(${(f)"$("${words[1]}" ` + hidden + ` -- "${(@)words[2,CURRENT]}" 2>/dev/null)"})
	if (( ${#found} )); then compadd -- "${found[@]}"; else _files; fi
}
compdef _rpconnect_sml rpconnect-sml
`,
	"fish": `# Put this into ~/.config/fish/completions/rpconnect-sml.fish:  rpconnect-sml completion fish
complete -c rpconnect-sml -a '(set -l words (commandline -opc); $words[1] ` + hidden + ` -- $words[2..-1] (commandline -ct) 2>/dev/null)'
`,
}
