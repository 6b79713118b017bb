;; Octets → base64 lines of 76 digits and CRLF (RFC 2045 §6.8), 12 octets (16 digits) at a time. What is run is encode-lines-wasm.ts,
;; which `npm run assemble` makes of this.
;;
;; A line is 57 octets: four times 12, and 9. The fifth time three octets more are read, and four digits more written: the first two of these are overwritten by
;; CRLF, the others by the next line. So behind the content there are 7 octets that don't matter, and behind the lines there is room for 2.
(module
  ;; The content from 0, the lines from 0x10000, and behind these what follows.
  (memory (export "memory") 2 2)

  ;; Read from here, these stay in registers. Written as constants into the loop, they are made anew each time, which takes twice as long (measured in V8).
  (data (i32.const 0x1ff80)
    "\3f\00\00\00\3f\00\00\00\3f\00\00\00\3f\00\00\00" ;; the bits of the first digit of each four
    "\00\00\3f\00\00\00\3f\00\00\00\3f\00\00\00\3f\00" ;; of the third
    "\f0\03\3f\00\f0\03\3f\00\f0\03\3f\00\f0\03\3f\00" ;; of the second and the fourth, where they are before they are moved
    "\10\00\00\01\10\00\00\01\10\00\00\01\10\00\00\01" ;; what moves them: 4 bits, and 8
    "\1a\1a\1a\1a\1a\1a\1a\1a\1a\1a\1a\1a\1a\1a\1a\1a" ;; 26, the first value that is no capital letter
    "\0d\0d\0d\0d\0d\0d\0d\0d\0d\0d\0d\0d\0d\0d\0d\0d" ;; 13, the kind of the capital letters
    "\33\33\33\33\33\33\33\33\33\33\33\33\33\33\33\33" ;; 51, the last value that is a letter
    ;; What is added to a value of each kind: 0 small letters (26 to 51), 1 to 10 figures, 11 "+", 12 "/", 13 capital letters.
    "\47\fc\fc\fc\fc\fc\fc\fc\fc\fc\fc\ed\f0\41\00\00")

  ;; At least one line.
  (func (export "encodeLines") (param $from i32) (param $to i32) (param $lineCount i32)
    (local $end i32) (local $lineEnd i32)
    (local $octets v128) (local $values v128) (local $kinds v128)
    (local $firstBits v128) (local $thirdBits v128) (local $otherBits v128) (local $otherShifts v128)
    (local $capitals v128) (local $kindOfCapitals v128) (local $lastLetter v128) (local $addends v128)
    (local.set $firstBits (v128.load (i32.const 0x1ff80)))
    (local.set $thirdBits (v128.load (i32.const 0x1ff90)))
    (local.set $otherBits (v128.load (i32.const 0x1ffa0)))
    (local.set $otherShifts (v128.load (i32.const 0x1ffb0)))
    (local.set $capitals (v128.load (i32.const 0x1ffc0)))
    (local.set $kindOfCapitals (v128.load (i32.const 0x1ffd0)))
    (local.set $lastLetter (v128.load (i32.const 0x1ffe0)))
    (local.set $addends (v128.load (i32.const 0x1fff0)))
    (local.set $end (i32.add (local.get $to) (i32.mul (local.get $lineCount) (i32.const 78))))
    (loop $line
      (local.set $lineEnd (i32.add (local.get $to) (i32.const 80)))
      (loop $digits
        ;; Of each three octets a, b, c the four b, a, c, b: as a number of 32 bits they hold the bits of each digit side by side.
        (local.set $octets (v128.load (local.get $from)))
        (local.set $octets
          (i8x16.shuffle 1 0 2 1 4 3 5 4 7 6 8 7 10 9 11 10 (local.get $octets) (local.get $octets)))
        (local.set $values
          (v128.or
            (v128.or
              (v128.and (i32x4.shr_u (local.get $octets) (i32.const 10)) (local.get $firstBits))
              (v128.and (i32x4.shr_u (local.get $octets) (i32.const 6)) (local.get $thirdBits)))
            (i16x8.mul (v128.and (local.get $octets) (local.get $otherBits)) (local.get $otherShifts))))
        (local.set $kinds
          (v128.or
            (i8x16.sub_sat_u (local.get $values) (local.get $lastLetter))
            (v128.and (i8x16.lt_s (local.get $values) (local.get $capitals)) (local.get $kindOfCapitals))))
        (v128.store (local.get $to)
          (i8x16.add (local.get $values) (i8x16.swizzle (local.get $addends) (local.get $kinds))))
        (local.set $from (i32.add (local.get $from) (i32.const 12)))
        (local.set $to (i32.add (local.get $to) (i32.const 16)))
        (br_if $digits (i32.lt_u (local.get $to) (local.get $lineEnd))))
      (local.set $from (i32.sub (local.get $from) (i32.const 3)))
      (local.set $to (i32.sub (local.get $to) (i32.const 2)))
      (i32.store16 (i32.sub (local.get $to) (i32.const 2)) (i32.const 0x0a0d))
      (br_if $line (i32.lt_u (local.get $to) (local.get $end))))))
