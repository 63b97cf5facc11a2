import { randomInt } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const numbers = ['1001', '1002', '1003', '1004'];

/** Writes the configuration of the first start, with passwords of its own, unless there is one. Says whether it was written now. */
export function ensureDemoConfig(file: string): boolean {
  if (existsSync(file)) return false;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, demoConfig(), { mode: 0o600 });
  return true;
}

function demoConfig(): string {
  return `# Written at the first start, with passwords of its own; yours to change. soft-handset.example.yaml of the project explains every key.

# Page secrets are asked from other machines (--lan), not from this one.
accounts:
${numbers.map(account).join('')}
sip:
  servers:
    - name: exchange
      uri: sip:127.0.0.1:5060

# The small SIP registrar beside the server, for trying things without a PBX. Remove this part when you name your own server above.
exchange:
  port: 5060
`;
}

function account(number: string): string {
  return `  - name: '${number}'
    displayName: 'Seat ${number}'
    secret: '${token(6)}'
    openOnLoopback: true
    sip:
      password: '${token(12)}'
`;
}

/** Letters and digits that cannot be taken for one another. */
function token(length: number): string {
  const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789';
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
}
