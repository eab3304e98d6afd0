/** Milliseconds in a duration written as `hh:mm:ss`, optionally with days before and a fraction of a second after it: `1.02:30:00.250`. */
export function parseClockDuration(text: string): number | undefined {
  const match = /^(?:(\d{1,6})\.)?(\d{1,2}):([0-5]\d):([0-5]\d)(?:\.(\d{1,9}))?$/.exec(text);
  if (match === null) return undefined;
  const [, days = '0', hours = '0', minutes = '0', seconds = '0', fraction = '0'] = match;
  const hoursInAll = Number(days) * 24 + Number(hours);
  const secondsInAll = (hoursInAll * 60 + Number(minutes)) * 60 + Number(seconds);
  // Of the fraction at most nine digits, so that the sum is exact to a thousandth.
  return secondsInAll * 1000 + Number(`0.${fraction}`) * 1000;
}
