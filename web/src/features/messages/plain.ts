/** Whether a text has no Markdown in it: most of what people write, shown without the renderer. */

const MARKS =
  /[*_`~[\]|\\$]|&#?\w+;|^ {0,3}(?:#{1,6} |>|[-+] |\d+[.)] |={3,}|-{3,})|^(?: {4}|\t)/imu;

export function looksPlain(text: string): boolean {
  return !MARKS.test(text);
}
