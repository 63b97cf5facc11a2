/*
 * What a device is for, told from its label: browsers tell it in no other way. Labels are empty before the first
 * permission, and are in the language of the system.
 */

/** Android lists the loudspeaker as a microphone: choosing it moves the sound of the call there. */
export function isSpeaker(label: string): boolean {
  return /speaker|扬声器|免提|外放/i.test(label) && !isEarpiece(label);
}

/** What is held to the ear or worn. */
export function isEarpiece(label: string): boolean {
  return /earpiece|headset|headphone|earphone|airpods|bluetooth|听筒|耳机|蓝牙/i.test(label);
}

export function isFrontCamera(label: string): boolean {
  return /front|user|facetime|前置|前摄/i.test(label);
}

export function isBackCamera(label: string): boolean {
  return /back|rear|environment|world|后置|后摄/i.test(label);
}
