/** A text as a QR code of half blocks, two rows of modules a line: for a terminal of any colours, or plain. */
export async function qrCode(text: string, isColoured: boolean): Promise<string> {
  // Loaded only where one is shown.
  const { encode } = await import('uqr');
  const { data, size } = encode(text, { ecc: 'L', border: 2 });
  const lines = Array.from({ length: Math.ceil(size / 2) }, (_, index) =>
    Array.from({ length: size }, (_, column) =>
      halfBlock(data[2 * index]?.[column] ?? false, data[2 * index + 1]?.[column] ?? false),
    ).join(''),
  );
  // Black on white, whatever the terminal's own colours are: some readers cannot read it inverted.
  return lines.map((line) => (isColoured ? `\u001b[30;107m${line}\u001b[0m` : line)).join('\n');
}

function halfBlock(isUpperDark: boolean, isLowerDark: boolean): string {
  if (isUpperDark) return isLowerDark ? '█' : '▀';
  return isLowerDark ? '▄' : ' ';
}
