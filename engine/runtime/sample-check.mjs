// The command that the conformance suite runs inside instances: its first argument says what it does.
const { argv, env } = process;
const [what, ...rest] = argv.slice(2);

if (what === 'hang') {
  setInterval(() => undefined, 1_000);
} else {
  process.stdout.write(`${JSON.stringify(rest)} ${env.GREETING}\n`);
  process.exitCode = 3;
}
