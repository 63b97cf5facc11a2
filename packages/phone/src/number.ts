/*
 * Numbers as people type, paste and read them. Dialling wants them bare, eyes want them in groups.
 */

const longestNumber = 128;

/**
 * What can be dialled out of what was typed or pasted: full-width digits become plain ones, blanks, dashes
 * and brackets go, `tel:` goes. A name (`alice`) or a SIP address stays as it is. Only the first of several numbers counts.
 */
export function cleanNumber(text: string): string {
  const plain = text.normalize('NFKC').trim();
  if (/^(?!tel:)[a-z][^\s,;、]*$/i.test(plain)) return plain.slice(0, longestNumber);
  const first = plain.replace(/^tel:/i, '').split(/(?<=\d.*)[,;/、\n]/, 1)[0] ?? '';
  const signs = first.replace(/[^0-9*#+]/g, '');
  return (signs.slice(0, 1) + signs.slice(1).replaceAll('+', '')).slice(0, longestNumber);
}

/** In groups, where the numbering plan has some; else as it is. `sip:` is for machines. */
export function formatNumber(number: string): string {
  const mobile = /^(\+86)?(1[3-9]\d)(\d{4})(\d{4})$/.exec(number);
  if (mobile) return mobile.slice(1).filter(Boolean).join(' ');
  return number
    .replace(/^sips?:/i, '')
    .replace(/^\+?([\w.-]+)@.*$/, (whole, user: string) => (/^\d+$/.test(user) ? user : whole));
}

/** `04:37`, from an hour on `1:04:37`. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (n: number): string => String(n).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  return `${hours ? `${hours}:` : ''}${two(minutes)}:${two(seconds % 60)}`;
}

/** In the time zone of whoever looks. */
export function isSameDay(one: number, other: number): boolean {
  return new Date(one).toDateString() === new Date(other).toDateString();
}

/** `14:32` of today, `3/4 14:32` of another day. */
export function formatWhen(at: number, now: number): string {
  if (isSameDay(at, now)) return formatClock(at);
  const day = new Date(at);
  return `${day.getMonth() + 1}/${day.getDate()} ${formatClock(at)}`;
}

/** `14:32`. */
export function formatClock(at: number): string {
  const date = new Date(at);
  return `${String(date.getHours()).padStart(2, '0')}:${String(date.getMinutes()).padStart(2, '0')}`;
}
