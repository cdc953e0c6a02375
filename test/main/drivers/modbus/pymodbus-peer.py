"""A Modbus device of another make for modbus-peers.test.ts: pymodbus, on TCP or on a serial line.

Usage: pymodbus-peer.py tcp <port> | serial <path>
Holding registers and input registers 0..199, coils and discrete inputs 0..99 exist. Holding registers from 100 on hold the
same float32 and int64 in the four orders of the bytes, built by pymodbus.
"""
import asyncio
import sys

from pymodbus.constants import Endian
from pymodbus.datastore import ModbusSequentialDataBlock, ModbusServerContext, ModbusSlaveContext
from pymodbus.payload import BinaryPayloadBuilder
from pymodbus.server import StartAsyncSerialServer, StartAsyncTcpServer
from pymodbus.transaction import ModbusRtuFramer, ModbusSocketFramer

ORDERS = [(Endian.Big, Endian.Big), (Endian.Big, Endian.Little), (Endian.Little, Endian.Big), (Endian.Little, Endian.Little)]


def holding_registers():
    registers = [0] * 200
    registers[0] = 1234
    for index, (byteorder, wordorder) in enumerate(ORDERS):
        builder = BinaryPayloadBuilder(byteorder=byteorder, wordorder=wordorder)
        builder.add_32bit_float(123.456)
        builder.add_64bit_int(-1234567890123456789)
        at = 100 + index * 10
        registers[at : at + 6] = builder.to_registers()
    text = BinaryPayloadBuilder(byteorder=Endian.Big)
    text.add_string("Filler 7")
    registers[150:154] = text.to_registers()
    return registers


async def main(kind, where):
    slave = ModbusSlaveContext(
        di=ModbusSequentialDataBlock(0, [1, 0] * 50),
        co=ModbusSequentialDataBlock(0, [0] * 100),
        hr=ModbusSequentialDataBlock(0, holding_registers()),
        ir=ModbusSequentialDataBlock(0, list(range(200))),
        zero_mode=True,
    )
    context = ModbusServerContext(slaves={1: slave}, single=False)
    if kind == "tcp":
        await StartAsyncTcpServer(context=context, address=("127.0.0.1", int(where)), framer=ModbusSocketFramer, allow_reuse_address=True)
    else:
        # A pseudo-terminal has no parity bit and refuses to be given one.
        await StartAsyncSerialServer(context=context, framer=ModbusRtuFramer, port=where, baudrate=19200, parity="N")


asyncio.run(main(sys.argv[1], sys.argv[2]))
