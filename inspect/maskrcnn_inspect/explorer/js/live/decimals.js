// Decimals as Python writes them: of two that are equally near the even one, where JavaScript takes the larger.

/**
 * Write `value` with `digits` after the point: Python's format .2f.
 * @type {(value: number, digits: number) => string}
 */
export function fixed(value, digits) {
  // a fraction of the power of two just beyond the digits lies in the middle: 0.125 of two digits, and no other number
  const isMiddle = Math.abs(value * 2 ** (digits + 1)) % 2 === 1;
  return (isMiddle ? even(value * 10 ** digits) / 10 ** digits : value).toFixed(digits);
}

/**
 * Write `value` with as many digits that count, at most, without zeros at its end: Python's format .4g.
 * @type {(value: number, digits?: number) => string}
 */
export function general(value, digits = 6) {
  if (value === 0) return "0";
  const [mantissa, exponent] = value.toExponential(digits - 1).split("e");
  const power = Number(exponent);
  if (power >= -4 && power < digits) return plain(fixed(value, digits - 1 - power));
  return `${plain(mantissa)}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
}

/** @type {(decimal: string) => string} */
const plain = (decimal) => (decimal.includes(".") ? decimal.replace(/\.?0+$/, "") : decimal);

import { even } from "./layout.js";
