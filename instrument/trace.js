'use strict';
// Prints trace statements: `<Unix time in ms>+0000|LABEL trace_id=<id>`, one per line.
//
//   const { trace, traced } = require('./trace');
//   trace('PRE_INVOKED', requestId);
//   const small = await traced('RESIZE', () => resize(image), requestId); // RESIZE_START, RESIZE_END

const LABEL = /^[A-Za-z_][A-Za-z0-9_]*([.:/-][A-Za-z0-9_]+)*$/;
const ID = /^[A-Za-z0-9._:/+=-]{1,128}$/;

/** Prints a statement for now. */
function trace(label, traceId) {
  if (!LABEL.test(label)) {
    throw new Error(`'${label}' is no label: letters, digits and _, beginning with a letter or _, parted by . : / or -`);
  }
  let end = '';
  if (traceId !== undefined && traceId !== null) {
    if (!ID.test(String(traceId))) {
      throw new Error(`'${traceId}' is no id: 1 to 128 letters, digits and . _ : / + = -`);
    }
    end = ` trace_id=${traceId}`;
  }
  // Providers collect what goes through console.log.
  console.log(`${String(Date.now()).padStart(13, '0')}+0000|${label}${end}`);
}

/** LABEL_START before and LABEL_END after a function, which may be async, whatever happens. */
function traced(label, work, traceId) {
  trace(`${label}_START`, traceId);
  const end = () => trace(`${label}_END`, traceId);
  let result;
  try {
    result = work();
  } catch (error) {
    end();
    throw error;
  }
  if (result && typeof result.then === 'function') {
    return result.then(
      (value) => { end(); return value; },
      (error) => { end(); throw error; },
    );
  }
  end();
  return result;
}

module.exports = { trace, traced };
