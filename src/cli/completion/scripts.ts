/** The shells that have a completion script. */
export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

// Each script asks `rke __complete` on every TAB, so that it never knows other commands than the program does.

/** Also for bash 3.2, which macOS has: it has neither mapfile nor compopt. */
const bash = `# bash completion for rke

_rke() {
  local line=\${COMP_LINE:0:COMP_POINT} words=() word strip kind='' text rest
  read -ra words <<< "$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  word=\${words[\${#words[@]}-1]}
  # bash takes "=" and ":" as ends of words: an answer starts behind the last one.
  strip=\${word%"\${word##*[=:]}"}
  COMPREPLY=()
  while IFS=$'\\t' read -r text rest; do
    if [[ -z $kind ]]; then kind=$text
    elif [[ -n $text ]]; then COMPREPLY+=("\${text#"$strip"}")
    fi
  done < <("\${COMP_WORDS[0]/#\\~/$HOME}" __complete -- "\${words[@]:1}" 2>/dev/null)
  [[ $kind == files || $kind == directories ]] || return 0
  local IFS=$'\\n' flag=-f
  [[ $kind == directories ]] && flag=-d
  COMPREPLY=($(compgen $flag -- "\${word#"$strip"}"))
  compopt -o filenames 2>/dev/null
  return 0
}

complete -F _rke rke
`;

const zsh = `#compdef rke
# zsh completion for rke

_rke() {
  local -a lines candidates
  local kind line
  lines=("\${(@f)$("\${words[1]/#\\~/$HOME}" __complete -- "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null)}")
  kind=$lines[1]
  case $kind in
    files) compset -P '--*='; _files ;;
    directories) compset -P '--*='; _files -/ ;;
    *)
      for line in "\${(@)lines[2,-1]}"; do
        [[ -n $line ]] && candidates+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
      done
      _describe -V rke candidates
      ;;
  esac
}

if [[ $funcstack[1] == _rke ]]; then _rke "$@"; else compdef _rke rke; fi
`;

const fish = `# fish completion for rke

function __rke_complete
    set -l before (commandline -opc)
    set -l current (commandline -ct)
    set -l lines ($before[1] __complete -- $before[2..-1] "$current" 2>/dev/null)
    set -l prefix (string match -r -- '^--[^=]*=' "$current")
    set -l path (string replace -r -- '^--[^=]*=' '' "$current")
    switch "$lines[1]"
        case files
            string join \\n -- "$prefix"(__fish_complete_path "$path")
        case directories
            string join \\n -- "$prefix"(__fish_complete_directories "$path" '')
        case words
            string join \\n -- $lines[2..-1]
    end
end

complete -c rke -f -a '(__rke_complete)'
`;

export const completionScripts: Readonly<Record<Shell, string>> = { bash, zsh, fish };
